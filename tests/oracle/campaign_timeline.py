"""What happened to a campaign, one row for each event: who, when, and in words."""

from __future__ import annotations

from typing import Any

from .campaign_list import TYPES
from .canonical import Row, json_text, text
from .history import Event
from .model import Table, Unfoldable

NAME = "campaign-timeline"
TOPIC = "events"
COLUMNS = (
    "tenant_id",
    "campaign_id",
    "revision",
    "client_id",
    "type",
    "text",
    "actor",
    "recorded_at",
    "details",
    "position",
    "event_id",
)
KEY = ("campaign_id", "revision")
__all__ = ["COLUMNS", "KEY", "NAME", "TOPIC", "TYPES", "Fold"]


class Fold:
    def __init__(self) -> None:
        self._table = Table(NAME, COLUMNS)
        self.tables: tuple[Table, ...] = (self._table,)

    def add(self, event: Event) -> None:
        if event.data["campaignId"] != event.id:
            raise Unfoldable(f"an event of campaign {event.data['campaignId']} stands in {event.stream}")
        values = (
            event.tenant,
            event.id,
            text(event.revision),
            event.metadata["clientId"],
            event.type,
            _words(event.type, event.data),
            event.metadata["actor"],
            event.recorded_at,
            json_text(event.data),
            text(event.position),
            event.event_id,
        )
        self._table.rows[event.tenant, f"{event.id}/{event.revision}"] = Row(values, (event.position,))


def _words(type_: str, data: dict[str, Any]) -> str:
    match type_:
        case "CampaignCreated":
            return f"Created as “{data['name']}”{_remark(data['objective'])}"
        case "CampaignRenamed":
            return f"Renamed to “{data['name']}”"
        case "CampaignSubmitted":
            return "Submitted for review"
        case "CampaignApproved":
            return "Approved" + _remark(data["comment"])
        case "CampaignRejected":
            return "Sent back to draft" + _remark(data["reason"])
        case "CampaignScheduled":
            until = "" if data["endsOn"] is None else f" to {data['endsOn']}"
            return f"Scheduled from {data['startsOn']}{until}"
        case "CampaignActivated":
            return "Went live"
        case "CampaignPaused":
            return "Paused" + _remark(data["reason"])
        case "CampaignResumed":
            return "Resumed"
        case "CampaignCompleted":
            return "Completed"
        case "CampaignArchived":
            return "Archived"
        case "CampaignCancelled":
            return "Cancelled" + _remark(data["reason"])
        case "BudgetAllocated":
            return f"Budget of {_money(data['budget'])} allocated"
        case "BudgetRevised":
            return _revised(data["previous"], data["budget"])
        case "CampaignLinked":
            return f"Linked to campaign {data['platformCampaignId']} on the platform"
    raise Unfoldable(f"there are no words for {type_}")


def _remark(said: str | None) -> str:
    return "" if said is None else f": “{said}”"


def _revised(before: dict[str, Any], after: dict[str, Any]) -> str:
    if before["currency"] != after["currency"]:
        return f"Budget changed from {_money(before)} to {_money(after)}"
    verb = "raised" if after["amountMicros"] > before["amountMicros"] else "lowered"
    return f"Budget {verb} from {_amount(before['amountMicros'])} to {_money(after)}"


def _money(sum_: dict[str, Any]) -> str:
    return f"{_amount(sum_['amountMicros'])} {sum_['currency']}"


def _amount(micros: int) -> str:
    """1,234,567.50: thousands are set apart, and at least two decimals are written."""
    whole, fraction = divmod(abs(micros), 1_000_000)
    decimals = f"{fraction:06}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole:,}.{decimals}"
