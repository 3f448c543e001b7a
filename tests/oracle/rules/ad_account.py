"""Ad accounts, the claims that keep them single in their tenant, and what is observed of their days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ..history import Event
from ..ids import derived_id
from .rule import utf16

_FIRST_DAY = "2000-01-01"
_LARGEST_EVENT = 100_000
_MOST_EVENTS = 9
TYPES = frozenset({"AdAccountRegistered", "MetricsObserved", "MetricsRestated"})

#: What is known of each row of a day, by what it is about.
_Day = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Account:
    client: str
    platform: str
    currency: str
    command: str


class AdAccountRules:
    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str], _Account] = {}
        self._taken: dict[tuple[str, str, str], str] = {}
        #: Accounts that no claim was seen of yet, and claims whose account was not: they come in one append, in either order.
        self._unclaimed: dict[tuple[str, str], Event] = {}
        self._unheld: dict[tuple[str, str], Event] = {}
        self._days: dict[str, _Day] = {}
        self._parts: tuple[str, str, int] = ("", "", 0)

    def check(self, event: Event) -> Iterator[str]:
        match event.type:
            case "AdAccountRegistered":
                yield from self._registered(event)
            case "ValueClaimed":
                yield from self._claimed(event)
            case "MetricsObserved" | "MetricsRestated":
                yield from self._observed(event)

    def unclaimed(self) -> Iterator[tuple[Event, str]]:
        """To be asked at the end of history."""
        for event in self._unclaimed.values():
            yield event, "no claim holds its platform's id for it"
        for event in self._unheld.values():
            yield event, f"its holder {event.data['holder']} is not there"

    def _registered(self, event: Event) -> Iterator[str]:
        data, account = event.data, (event.tenant, event.id)
        if event.category != "adAccount" or data["adAccountId"] != event.id:
            yield f"it is about account {data['adAccountId']}"
            return
        if account in self._accounts:
            yield "the account was registered before"
        if event.id != derived_id(event.metadata["commandId"], "ad-account"):
            yield "the account's id does not follow from the command"
        if event.metadata.get("clientId") != data["clientId"]:
            yield f"it is of client {event.metadata.get('clientId')}, the account of {data['clientId']}"
        value = (event.tenant, data["platform"], data["externalId"])
        holder = self._taken.setdefault(value, event.id)
        if holder != event.id:
            yield f"{data['externalId']} of {data['platform']} is account {holder} already"
        self._accounts[account] = _Account(
            data["clientId"], data["platform"], data["currency"], event.metadata["commandId"]
        )
        claim = self._unheld.pop(account, None)
        if claim is None:
            self._unclaimed[account] = event
        elif claim.metadata["commandId"] != event.metadata["commandId"]:
            yield "its claim was made by another command"

    def _claimed(self, event: Event) -> Iterator[str]:
        kind, holder, command = event.data["kind"], event.data["holder"], event.metadata["commandId"]
        if kind in ("email", "identity"):  # of a person: see people.py
            return
        account = self._accounts.get((event.tenant, holder))
        if account is None and kind == "ad-account":
            self._unheld[(event.tenant, holder)] = event
        elif account is None:
            yield f"its holder {holder} is not there"
        elif kind == "ad-account":
            if account.command != command:
                yield f"its holder {holder} was registered by another command"
            self._unclaimed.pop((event.tenant, holder), None)
        elif kind == "request":
            if event.id != f"request:{command}":
                yield f"it is a claim of command {command}"
        else:
            yield f"the oracle has no rules for claims of the kind {kind}"

    def _observed(self, event: Event) -> Iterator[str]:
        data = event.data
        if event.category != "adAccountDay" or event.id != f"{data['adAccountId']}:{data['date']}":
            yield f"it is about {data['date']} of account {data['adAccountId']}"
            return
        account = self._accounts.get((event.tenant, data["adAccountId"]))
        if account is None:
            yield "the account was never registered"
        elif (data["clientId"], data["platform"], data["currency"]) != (
            account.client,
            account.platform,
            account.currency,
        ):
            yield f"the account is of client {account.client}, on {account.platform}, in {account.currency}"
        if event.metadata.get("clientId") != data["clientId"]:
            yield f"it is of client {event.metadata.get('clientId')}, the figures of {data['clientId']}"
        if not _FIRST_DAY <= data["date"] <= _tomorrow(event.recorded_at):
            yield f"{data['date']} is a day that nobody could know of"
        if event.size > _LARGEST_EVENT:
            yield f"it has {event.size} bytes, more than {_LARGEST_EVENT}"
        yield from self._check_parts(event)
        if not data["rows"]:
            yield "it says nothing"
        day = self._days.setdefault(event.stream, {})
        for n, row in enumerate(data["rows"]):
            for wrong in _row(day, event.type, row):
                yield f"row {n}: {wrong}"

    def _check_parts(self, event: Event) -> Iterator[str]:
        command = event.metadata["commandId"]
        stream, before, n = self._parts
        n = n + 1 if (stream, before) == (event.stream, command) else 1
        self._parts = (event.stream, command, n)
        if n > _MOST_EVENTS:
            yield f"command {command} has more than {_MOST_EVENTS} events"


def _row(day: _Day, type_: str, row: dict[str, Any]) -> Iterator[str]:
    about = _about(row["key"])
    known = day.get(about)
    if type_ == "MetricsObserved":
        figures = row["measures"]
        if known is not None:
            yield f"{about} was observed before"
    else:
        figures = row["after"]
        if known is None:
            yield f"{about} was never observed"
        elif row["before"] != known:
            yield f"{about} was {known} before, not {row['before']}"
        if row["before"] == figures:
            yield f"{about} is restated as what it was"
    if min(figures["impressions"], figures["clicks"], figures["spendMicros"]) < 0:
        yield f"{about} has a figure below zero"
    conversions = figures["conversions"]
    if len(conversions) > 1:
        types = [utf16(conversion["type"]) for conversion in conversions]
        if any(one >= other for one, other in pairwise(types)):
            yield f"the conversions of {about} are not in order, or one comes twice"
    day[about] = figures


def _about(key: dict[str, Any]) -> tuple[Any, ...]:
    breakdown = tuple(sorted(key["breakdown"].items()))
    return (key["platformCampaignId"], key["adSetId"], key["adId"], breakdown, key["attributionWindow"])


def _tomorrow(instant: str) -> str:
    """Somewhere on earth it is that day already."""
    return (date.fromisoformat(instant[:10]) + timedelta(days=1)).isoformat()
