"""A campaign as it is now."""

from __future__ import annotations

from typing import Any

from .canonical import Key, Row, text
from .history import Event
from .model import Table, Unfoldable

NAME = "campaign-list"
TOPIC = "events"
COLUMNS = (
    "tenant_id",
    "id",
    "client_id",
    "name",
    "objective",
    "state",
    "budget_micros",
    "currency",
    "starts_on",
    "ends_on",
    "ad_account_id",
    "platform_campaign_id",
    "revision",
    "position",
    "created_at",
    "changed_at",
)
KEY = ("id",)

_STATE_AFTER = {
    "CampaignCreated": "draft",
    "CampaignSubmitted": "inReview",
    "CampaignApproved": "approved",
    "CampaignRejected": "draft",
    "CampaignScheduled": "scheduled",
    "CampaignActivated": "active",
    "CampaignPaused": "paused",
    "CampaignResumed": "active",
    "CampaignCompleted": "completed",
    "CampaignArchived": "archived",
    "CampaignCancelled": "cancelled",
}
TYPES = frozenset(_STATE_AFTER) | {"CampaignRenamed", "CampaignLinked", "BudgetAllocated", "BudgetRevised"}


class Fold:
    def __init__(self) -> None:
        self._campaigns: dict[Key, dict[str, Any]] = {}
        self._positions: dict[Key, list[int]] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        rows = {
            key: Row(tuple(text(row[column]) for column in COLUMNS), tuple(self._positions[key]))
            for key, row in self._campaigns.items()
        }
        return (Table(NAME, COLUMNS, rows),)

    def add(self, event: Event) -> None:
        data, key = event.data, (event.tenant, event.id)
        if data["campaignId"] != event.id:
            raise Unfoldable(f"an event of campaign {data['campaignId']} stands in {event.stream}")
        if event.type == "CampaignCreated":
            said = {
                "tenant_id": event.tenant,
                "id": event.id,
                "client_id": data["clientId"],
                "name": data["name"],
                "objective": data["objective"],
                "created_at": event.recorded_at,
            }
            self._campaigns[key] = dict.fromkeys(COLUMNS)
        elif key not in self._campaigns:
            raise Unfoldable(f"{event.type} of a campaign that was never created")
        else:
            said = _said(event)
        row = self._campaigns[key]
        row |= said
        row["state"] = _STATE_AFTER.get(event.type, row["state"])
        row |= {"revision": event.revision, "position": event.position, "changed_at": event.recorded_at}
        self._positions.setdefault(key, []).append(event.position)


def _said(event: Event) -> dict[str, Any]:
    data = event.data
    match event.type:
        case "CampaignRenamed":
            return {"name": data["name"]}
        case "CampaignLinked":
            return {"ad_account_id": data["adAccountId"], "platform_campaign_id": data["platformCampaignId"]}
        case "BudgetAllocated" | "BudgetRevised":
            return {"budget_micros": data["budget"]["amountMicros"], "currency": data["budget"]["currency"]}
        case "CampaignScheduled":
            return {"starts_on": data["startsOn"], "ends_on": data["endsOn"]}
    return {}
