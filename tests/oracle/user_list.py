"""A person as they are now; what is personal is compared as it is sealed."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "user-list"
TOPIC = "events"
PERSONAL = (
    "email",
    "email_digest",
    "given_name",
    "family_name",
    "phone",
    "locale",
    "time_zone",
    "notifications",
)
CERTIFICATE = ("destroyed_keys", "destroyed_at", "destroyed_by")
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "state",
    *PERSONAL,
    *CERTIFICATE,
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)
_JSON = {"email", "given_name", "family_name", "phone", "notifications", "destroyed_keys"}
_STATE_AFTER = {
    "UserInvited": "invited",
    "UserActivated": "active",
    "UserLocked": "locked",
    "UserUnlocked": "active",
    "UserDeactivated": "deactivated",
    "UserErasureRequested": "erased",
}
TYPES = frozenset(_STATE_AFTER) | {"UserProfileChanged", "UserEmailChanged", "UserPreferencesSet", "UserErased"}


class Fold:
    def __init__(self) -> None:
        self._people: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {key: Row(_texts(row), tuple(self._positions[key])) for key, row in self._people.items()}
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["userId"] != event.id:
            raise Unfoldable(f"an event of user {data['userId']} stands in {event.stream}")
        if event.type == "UserInvited":
            row = dict.fromkeys(COLUMNS) | {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": data["clientId"],
                "email": data["email"],
                "email_digest": data["emailDigest"],
                "given_name": data["givenName"],
                "family_name": data["familyName"],
                "created_at": event.recorded_at,
            }
        elif key in self._people:
            row = self._people[key] | _said(event)
        else:
            raise Unfoldable(f"{event.type} of a person who was never invited")
        row["state"] = _STATE_AFTER.get(event.type, row["state"])
        row |= {"revision": event.revision, "position": event.position, "changed_at": event.recorded_at}
        self._people[key] = row
        self._positions.setdefault(key, []).append(event.position)


def _said(event: Event) -> dict[str, Any]:
    data = event.data
    match event.type:
        case "UserProfileChanged":
            return {"given_name": data["givenName"], "family_name": data["familyName"], "phone": data["phone"]}
        case "UserEmailChanged":
            return {"email": data["email"], "email_digest": data["emailDigest"]}
        case "UserPreferencesSet":
            return {
                "locale": data["locale"],
                "time_zone": data["timeZone"],
                "notifications": data["notifications"],
            }
        case "UserErasureRequested":
            return dict.fromkeys(PERSONAL)
        case "UserErased":
            said = (data["keyVersions"], data["destroyedAt"], data["destroyedBy"])
            return dict(zip(CERTIFICATE, said, strict=True))
    return {}


def _texts(row: dict[str, Any]) -> tuple[str | None, ...]:
    return tuple(json_text(row[column]) if column in _JSON else text(row[column]) for column in COLUMNS)
