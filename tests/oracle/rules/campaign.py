"""A campaign: draft, inReview, approved, scheduled, active, paused, completed, archived; cancelled before active."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..history import Event
from ..ids import derived_id

#: From which states an event leads to which.
_STEPS = {
    "CampaignSubmitted": ({"draft"}, "inReview"),
    "CampaignApproved": ({"inReview"}, "approved"),
    "CampaignRejected": ({"inReview"}, "draft"),
    "CampaignScheduled": ({"approved"}, "scheduled"),
    "CampaignActivated": ({"scheduled"}, "active"),
    "CampaignPaused": ({"active"}, "paused"),
    "CampaignResumed": ({"paused"}, "active"),
    "CampaignCompleted": ({"active", "paused"}, "completed"),
    "CampaignArchived": ({"completed"}, "archived"),
    "CampaignCancelled": ({"draft", "inReview", "approved", "scheduled"}, "cancelled"),
}
_CLOSED = {"archived", "cancelled"}
TYPES = frozenset(_STEPS) | {
    "CampaignCreated",
    "CampaignRenamed",
    "CampaignLinked",
    "BudgetAllocated",
    "BudgetRevised",
}


@dataclass(slots=True)
class _Campaign:
    state: str = ""
    client: str = ""
    name: str = ""
    link: tuple[str, str] | None = None
    budget: dict[str, Any] | None = None


class CampaignRules:
    def __init__(self) -> None:
        self._campaigns: dict[str, _Campaign] = {}

    def check(self, event: Event) -> Iterator[str]:
        if event.type not in TYPES:
            return
        if event.category != "campaign" or event.data["campaignId"] != event.id:
            yield f"it is about campaign {event.data['campaignId']}"
            return
        campaign = self._campaigns.setdefault(event.stream, _Campaign())
        if event.type == "CampaignCreated":
            yield from _created(campaign, event)
        elif not campaign.state:
            yield "the campaign was never created"
        elif event.type in _STEPS:
            yield from _step(campaign, event)
        else:
            if campaign.state in _CLOSED:
                yield f"the campaign is {campaign.state}"
            yield from _edit(campaign, event)
        if event.metadata.get("clientId") != campaign.client:
            yield f"it is of client {event.metadata.get('clientId')}, the campaign of {campaign.client}"


def _created(campaign: _Campaign, event: Event) -> Iterator[str]:
    if campaign.state:
        yield "the campaign was created before"
    if event.id != derived_id(event.metadata["commandId"], "campaign"):
        yield "the campaign's id does not follow from the command"
    campaign.state, campaign.client, campaign.name = "draft", event.data["clientId"], event.data["name"]


def _step(campaign: _Campaign, event: Event) -> Iterator[str]:
    starts, leads_to = _STEPS[event.type]
    if campaign.state not in starts:
        yield f"the campaign is {campaign.state}, not {' or '.join(sorted(starts))}"
    if event.type == "CampaignScheduled":
        starts_on, ends_on = event.data["startsOn"], event.data["endsOn"]
        if ends_on is not None and ends_on < starts_on:
            yield f"it ends on {ends_on}, before it starts on {starts_on}"
    campaign.state = leads_to


def _edit(campaign: _Campaign, event: Event) -> Iterator[str]:
    data = event.data
    match event.type:
        case "CampaignRenamed":
            if data["name"] == campaign.name:
                yield "the name is that already"
            campaign.name = data["name"]
        case "CampaignLinked":
            link = (data["adAccountId"], data["platformCampaignId"])
            if link == campaign.link:
                yield "the link is that already"
            campaign.link = link
        case "BudgetAllocated":
            if campaign.budget is not None:
                yield "a budget was allocated before"
            yield from _budget(campaign, data["budget"])
        case "BudgetRevised":
            if data["previous"] != campaign.budget:
                yield f"the budget before was {campaign.budget}, not {data['previous']}"
            if data["budget"] == campaign.budget:
                yield "the budget is that already"
            if campaign.budget and data["budget"]["currency"] != campaign.budget["currency"]:
                yield f"the budget is in {campaign.budget['currency']}"
            yield from _budget(campaign, data["budget"])


def _budget(campaign: _Campaign, budget: dict[str, Any]) -> Iterator[str]:
    if budget["amountMicros"] <= 0:
        yield "a budget is more than zero"
    campaign.budget = budget
