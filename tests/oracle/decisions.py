"""Every recorded decision, checked against the events before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from . import parking_orders, rebuild_orders, route_policies
from .history import Event
from .rules import ad_account, campaign, claims, people, personal_data_read
from .rules.ad_account import AdAccountRules
from .rules.campaign import CampaignRules
from .rules.claims import ClaimRules
from .rules.envelope import Envelope
from .rules.parked_stream import ParkedStreamRules
from .rules.people import PeopleRules
from .rules.personal_data_read import PersonalDataReadRules
from .rules.rebuild import RebuildRules
from .rules.route_policy import RoutePolicyRules
from .rules.rule import Rule

#: So many violations are told; all of them are counted.
_SHOWN = 20
#: Every type of event that there are rules for.
KNOWN = (
    campaign.TYPES
    | ad_account.TYPES
    | parking_orders.TYPES
    | rebuild_orders.TYPES
    | people.TYPES
    | personal_data_read.TYPES
    | claims.TYPES
    | route_policies.TYPES
)


@dataclass(frozen=True)
class Violation:
    tenant: str
    stream: str
    revision: int
    position: int
    type: str
    rule: str


@dataclass
class Decisions:
    events: int = 0
    commands: int = 0
    broken: int = 0
    violations: list[Violation] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.broken == 0


def check_decisions(events: Iterable[Event]) -> Decisions:
    result = Decisions()
    envelope, accounts, persons = Envelope(), AdAccountRules(), PeopleRules()
    orders = (ParkedStreamRules(), RebuildRules())
    rules: tuple[Rule, ...] = (
        envelope,
        ClaimRules(),
        CampaignRules(),
        accounts,
        *orders,
        persons,
        PersonalDataReadRules(),
        RoutePolicyRules(),
    )
    for event in events:
        result.events += 1
        for wrong in _wrongs(rules, event):
            _add(result, event, wrong)
    for event, wrong in chain(accounts.unclaimed(), persons.unclaimed()):
        _add(result, event, wrong)
    result.commands = envelope.commands
    return result


def _wrongs(rules: tuple[Rule, ...], event: Event) -> Iterator[str]:
    if event.type not in KNOWN:
        yield f"the oracle has no rules for {event.type}"
    for rule in rules:
        try:
            yield from rule.check(event)
        except (KeyError, TypeError, ValueError) as lack:
            yield f"it is malformed ({type(lack).__name__}: {lack})"


def _add(result: Decisions, event: Event, wrong: str) -> None:
    result.broken += 1
    if len(result.violations) < _SHOWN:
        result.violations.append(
            Violation(event.tenant, event.stream, event.revision, event.position, event.type, wrong)
        )
