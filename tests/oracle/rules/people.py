"""Agencies, clients, people and what they may do: which step follows which, and that an address is one person's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..history import Event
from ..ids import derived_id

#: By category: the field that names it, and from which states an event leads to which; "" is nothing yet.
_KINDS: dict[str, tuple[str, dict[str, tuple[set[str], str | None]]]] = {
    "tenant": (
        "tenantId",
        {
            "TenantProvisioned": ({""}, "provisioning"),
            "TenantActivated": ({"provisioning", "suspended"}, "active"),
            "TenantSuspended": ({"active"}, "suspended"),
            "TenantOffboarded": ({"active", "suspended"}, "offboarding"),
            "TenantRenamed": ({"provisioning", "active", "suspended"}, None),
        },
    ),
    "user": (
        "userId",
        {
            "UserInvited": ({""}, "invited"),
            "UserActivated": ({"invited"}, "active"),
            "UserLocked": ({"active"}, "locked"),
            "UserUnlocked": ({"locked"}, "active"),
            "UserDeactivated": ({"invited", "active", "locked"}, "deactivated"),
            "UserErasureRequested": ({"invited", "active", "locked", "deactivated"}, "erased"),
            "UserErased": ({"erased"}, "certified"),
            "UserProfileChanged": ({"active"}, None),
            "UserPreferencesSet": ({"active"}, None),
            "UserEmailChanged": ({"active"}, None),
        },
    ),
    "invitation": (
        "invitationId",
        {
            "InvitationIssued": ({""}, "issued"),
            "InvitationAccepted": ({"issued"}, "accepted"),
            "InvitationWithdrawn": ({"issued"}, "withdrawn"),
        },
    ),
    "membership": (
        "userId",
        {
            "MembershipAssigned": ({"", "assigned", "revoked"}, "assigned"),
            "MembershipRevoked": ({"assigned"}, "revoked"),
        },
    ),
    "role": (
        "roleId",
        {
            "RoleDefined": ({""}, "defined"),
            "RoleRevised": ({"defined"}, None),
            "RoleRetired": ({"defined"}, "retired"),
        },
    ),
    "secondFactor": (
        "userId",
        {
            "SecondFactorEnrolled": ({"", "enrolled", "removed"}, "enrolled"),
            "SecondFactorConfirmed": ({"enrolled"}, "confirmed"),
            "RecoveryCodeUsed": ({"confirmed"}, None),
            "SecondFactorRemoved": ({"enrolled", "confirmed"}, "removed"),
        },
    ),
    "identityLink": (
        "userId",
        {
            "IdentityLinked": ({"", "linked"}, "linked"),
            "IdentityUnlinked": ({"linked"}, None),
        },
    ),
    "session": (
        "sessionId",
        {
            "SessionStarted": ({""}, "active"),
            "SessionReuseDetected": ({"active"}, "reuseDetected"),
            "SessionSignedOut": ({"active"}, "signedOut"),
        },
    ),
    "application": (
        "applicationId",
        {
            "ApplicationRegistered": ({""}, "registered"),
            "ApplicationSecretRotated": ({"registered"}, None),
            "ApplicationRetired": ({"registered"}, "retired"),
        },
    ),
}
_CATEGORY = {type_: category for category, (_, steps) in _KINDS.items() for type_ in steps}
TYPES = frozenset(_CATEGORY)
_SEALED = ("email", "givenName", "familyName", "phone", "secret")
#: The tenant, the kind of value, and who holds it.
_Holding = tuple[str, str, str]


class PeopleRules:
    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        #: What was said last of a membership or a role: the same is not said again.
        self._said: dict[str, dict[str, Any]] = {}
        #: By person, the HMAC of their address.
        self._addresses: dict[str, str] = {}
        #: Facts that no claim was seen of yet, and claims whose fact was not: they come in one append, in either order.
        self._unclaimed: dict[_Holding, Event] = {}
        self._unheld: dict[_Holding, Event] = {}

    def check(self, event: Event) -> Iterator[str]:
        if event.type == "ValueClaimed" and event.data["kind"] in ("email", "identity"):
            held = (event.tenant, event.data["kind"], event.data["holder"])
            yield from self._paired(held, event, self._unheld, self._unclaimed)
        if event.type not in TYPES:
            return
        field, steps = _KINDS[_CATEGORY[event.type]]
        if event.category != _CATEGORY[event.type] or event.data[field] != event.id:
            yield f"it is about {event.data[field]}"
            return
        starts, leads_to = steps[event.type]
        state = self._states.get(event.stream, "")
        if state not in starts:
            yield f"it is {state or 'not there yet'}, not {' or '.join(sorted(starts)) or 'new'}"
        self._states[event.stream] = leads_to or state
        yield from self._details(event)

    def unclaimed(self) -> Iterator[tuple[Event, str]]:
        """To be asked at the end of history."""
        for (_, kind, _), event in self._unclaimed.items():
            yield event, f"no claim holds the person's {kind}"
        for event in self._unheld.values():
            yield event, f"its holder {event.data['holder']} is not there"

    def _details(self, event: Event) -> Iterator[str]:
        data = event.data
        for sealed in (data[name] for name in _SEALED if data.get(name) is not None):
            if sealed["subject"] != event.id:
                yield f"it is sealed for {sealed['subject']}"
        if event.type == "UserInvited":
            if event.id != derived_id(event.metadata["commandId"], "user"):
                yield "the person's id does not follow from the command"
        if event.type in ("UserInvited", "UserEmailChanged"):
            before = self._addresses.get(event.stream)
            self._addresses[event.stream] = data["emailDigest"]
            # In another spelling it is the same address still.
            if data["emailDigest"] != before:
                yield from self._claimed("email", event)
        if event.type == "IdentityLinked":
            yield from self._claimed("identity", event)
        if event.type in ("MembershipAssigned", "RoleDefined", "RoleRevised"):
            if data == self._said.get(event.stream):
                yield "it says what holds already"
            self._said[event.stream] = data
        if event.type in ("MembershipRevoked", "RoleRetired"):
            self._said.pop(event.stream, None)
        if event.type == "MembershipAssigned":
            if not data["roles"] and not data["customRoles"]:
                yield "it gives no role"
            if data["clientId"] is not None and data["clients"] != [data["clientId"]]:
                yield f"a person of the client {data['clientId']} works for {data['clients']}"

    def _claimed(self, kind: str, event: Event) -> Iterator[str]:
        yield from self._paired((event.tenant, kind, event.id), event, self._unclaimed, self._unheld)

    def _paired(
        self,
        key: _Holding,
        event: Event,
        waiting: dict[_Holding, Event],
        others: dict[_Holding, Event],
    ) -> Iterator[str]:
        other = others.pop(key, None)
        if other is None:
            waiting[key] = event
        elif other.metadata["commandId"] != event.metadata["commandId"]:
            yield "the fact and its claim come from two commands"
