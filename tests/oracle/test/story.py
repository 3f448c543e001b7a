"""A history that is told by a test, with ids as the system derives them."""

from __future__ import annotations

import json
from typing import Any

from ..history import Event, event
from ..ids import derived_id

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER_TENANT = "22222222-2222-4222-8222-222222222222"
CLIENT = "33333333-3333-4333-8333-333333333333"


class Story:
    """Events in the order in which they are told; each is a command of its own unless it says otherwise."""

    def __init__(self, tenant: str = TENANT) -> None:
        self.tenant = tenant
        self.events: list[Event] = []

    def tell(self, stream: str, type_: str, data: dict[str, Any], command: str = "", n: int = 0, **said: Any) -> Event:
        """`said` replaces what the event or its metadata would say."""
        command = command or f"command-{len(self.events)}"
        within = f"{stream}/" if stream.startswith("claim-") else ""
        metadata = {
            "tenantId": self.tenant,
            "clientId": CLIENT,
            "actor": "somebody",
            "commandId": command,
            "bodyHash": "body",
            "correlationId": command,
            "causationId": command,
            "recordedAt": "2026-11-26T12:00:00.000000Z",
            "schemaVersion": "1",
            "roles": None,
        }
        metadata |= {name: said.pop(name) for name in list(said) if name in metadata}
        revision = said.get("revision", sum(1 for each in self.events if each.stream == stream))
        event_id = said.get("event_id", derived_id(command, f"body/{within}{n}"))
        told = event(
            stream,
            revision,
            100 * (len(self.events) + 1),
            event_id,
            type_,
            json.dumps(data).encode(),
            json.dumps(metadata).encode(),
        )
        self.events.append(told)
        return told

    def campaign(self, command: str = "create") -> Campaign:
        return Campaign(self, command)

    def account(self, command: str = "register", external_id: str = "act-1", claimed: bool = True) -> str:
        """Registers an account, and answers its id."""
        account = derived_id(command, "ad-account")
        data = {
            "adAccountId": account,
            "clientId": CLIENT,
            "platform": "meta",
            "externalId": external_id,
            "name": "Ours",
            "currency": "USD",
            "timeZone": "Europe/Berlin",
        }
        self.tell(f"adAccount-{self.tenant}.{account}", "AdAccountRegistered", data, command)
        if claimed:
            claim = f"claim-{self.tenant}.ad-account:{external_id}"
            self.tell(claim, "ValueClaimed", {"kind": "ad-account", "holder": account}, command)
        return account

    def person(self, command: str = "invite", claimed: bool = True) -> str:
        """Invites a person, and answers their id."""
        user = derived_id(command, "user")
        sealed = {"subject": user, "keyVersion": 1, "bytes": "AAH/"}
        if claimed:
            claim = {"kind": "email", "holder": user}
            self.tell(f"claim-{self.tenant}.email:{command}", "ValueClaimed", claim, command)
        data = {"userId": user, "clientId": None, "email": sealed, "emailDigest": "d"}
        names = {"givenName": sealed, "familyName": sealed}
        self.tell(f"user-{self.tenant}.{user}", "UserInvited", data | names, command)
        return user

    def about(self, user: str, type_: str, category: str = "user", **data: Any) -> Event:
        return self.tell(f"{category}-{self.tenant}.{user}", type_, {"userId": user, **data})

    def observed(self, account: str, *rows: dict[str, Any], **said: Any) -> Event:
        return self._figures("MetricsObserved", account, rows, said)

    def restated(self, account: str, *rows: dict[str, Any], **said: Any) -> Event:
        return self._figures("MetricsRestated", account, rows, said)

    def _figures(self, type_: str, account: str, rows: tuple[dict[str, Any], ...], said: dict[str, Any]) -> Event:
        data = {
            "adAccountId": account,
            "clientId": CLIENT,
            "platform": "meta",
            "currency": "USD",
            "date": said.pop("date", "2026-11-25"),
            "rows": list(rows),
        }
        return self.tell(f"adAccountDay-{self.tenant}.{account}:{data['date']}", type_, data, **said)


class Campaign:
    """A campaign that was created."""

    def __init__(self, story: Story, command: str) -> None:
        self._story = story
        self.id = derived_id(command, "campaign")
        self.tell("CampaignCreated", clientId=CLIENT, name="Spring", objective=None, command=command)

    def tell(self, type_: str, **data: Any) -> Event:
        command = data.pop("command", "")
        stream = f"campaign-{self._story.tenant}.{self.id}"
        return self._story.tell(stream, type_, {"campaignId": self.id, **data}, command)


def key(ad: str | None = "ad-1", **breakdown: str) -> dict[str, Any]:
    return {
        "platformCampaignId": "916",
        "adSetId": None,
        "adId": ad,
        "breakdown": breakdown,
        "attributionWindow": "default",
    }


def figures(clicks: int, *conversions: str) -> dict[str, Any]:
    counted = [{"type": type_, "countMicros": 1_500_000, "valueMicros": 0} for type_ in conversions]
    return {"impressions": 100, "clicks": clicks, "spendMicros": 2_500_000, "conversions": counted}
