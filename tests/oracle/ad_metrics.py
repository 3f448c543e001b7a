"""Figures by the day they are about and by the position since which we know them, and the latest of each."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from .canonical import Row, json_text, text
from .history import Event
from .model import Table

NAME = "ad-metrics"
TOPIC = "observations"
TYPES = frozenset({"MetricsObserved", "MetricsRestated"})
CURRENT = f"{NAME}/current"
COLUMNS = (
    "tenant_id",
    "date",
    "ad_account_id",
    "platform_campaign_id",
    "row_key",
    "position",
    "ordinal",
    "client_id",
    "platform",
    "currency",
    "ad_set_id",
    "ad_id",
    "breakdown",
    "attribution_window",
    "impressions",
    "clicks",
    "spend_micros",
    "conversions",
    "conversion_values",
    "known_at",
    "event_id",
)
#: What a row of figures is about; the rest of its columns say what is known of it, and since when.
IDENTITY = COLUMNS[:5]
#: What is asked of the latest reading.
CURRENT_COLUMNS = (
    *IDENTITY,
    "position",
    "ordinal",
    "impressions",
    "clicks",
    "spend_micros",
    "conversions",
    "conversion_values",
)
_current_of = itemgetter(*map(COLUMNS.index, CURRENT_COLUMNS))


class Fold:
    def __init__(self) -> None:
        self._all = Table(NAME, COLUMNS)
        self._current = Table(CURRENT, CURRENT_COLUMNS)
        self.tables: tuple[Table, ...] = (self._all, self._current)

    def add(self, event: Event) -> None:
        figures = "measures" if event.type == "MetricsObserved" else "after"
        rows = [_values(event, n, row["key"], row[figures]) for n, row in enumerate(event.data["rows"])]
        for values in rows:
            tenant, about = values[0] or "", "/".join(value or "" for value in values[1:5])
            row = Row(values, (event.position,))
            self._all.rows[tenant, f"{about}/{values[5]}/{values[6]}"] = row
            self._current.rows[tenant, about] = current(row)


def _values(event: Event, ordinal: int, key: dict[str, Any], measures: dict[str, Any]) -> tuple[str | None, ...]:
    data = event.data
    conversions = measures["conversions"]
    return (
        event.tenant,
        data["date"],
        data["adAccountId"],
        key["platformCampaignId"],
        row_key(key),
        text(event.position),
        text(ordinal),
        data["clientId"],
        data["platform"],
        data["currency"],
        key["adSetId"],
        key["adId"],
        json_text(key["breakdown"]),
        key["attributionWindow"],
        text(measures["impressions"]),
        text(measures["clicks"]),
        text(measures["spendMicros"]),
        json_text({conversion["type"]: conversion["countMicros"] for conversion in conversions}),
        json_text({conversion["type"]: conversion["valueMicros"] for conversion in conversions}),
        event.recorded_at,
        event.event_id,
    )


def current(reading: Row) -> Row:
    return Row(_current_of(reading.values), reading.events)


def row_key(key: dict[str, Any]) -> str:
    """What else, beside its campaign, a row is about, as it is stored: each part after its length in UTF-16 units."""
    breakdown = key["breakdown"]
    dimensions = sorted(breakdown, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    parts = [key["adSetId"], key["adId"]]
    for dimension in dimensions:
        parts += [dimension, breakdown[dimension]]
    return "".join(map(_part, [*parts, key["attributionWindow"]]))


def _part(part: str | None) -> str:
    if part is None:
        return "-,"
    length = len(part) if part.isascii() else len(part.encode("utf-16-le", "surrogatepass")) // 2
    return f"{length}:{part},"
