"""The whole judgement: every read model and every decision."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from . import (
    ad_metrics,
    application_list,
    audit_trail,
    campaign_list,
    campaign_timeline,
    memberships,
    parking_orders,
    rebuild_orders,
    role_list,
    route_policies,
    session_list,
    tenant_list,
    user_list,
)
from .canonical import Rows
from .compare import Comparison, Difference, compare
from .databases import ClickHouse, Postgres, Unanswered, Version, as_known_at
from .decisions import Decisions, check_decisions
from .history import Event, read_history
from .model import Expected, expected
from .progress import Progress, progress, split

_IN_POSTGRES = (
    campaign_list,
    campaign_timeline,
    parking_orders,
    rebuild_orders,
    route_policies,
    user_list,
    memberships,
    tenant_list,
    role_list,
    application_list,
    session_list,
    audit_trail,
)


@dataclass(frozen=True)
class Settings:
    kurrentdb_url: str
    postgres_url: str
    clickhouse_url: str
    generation: str


@dataclass(frozen=True)
class TableVerdict:
    name: str
    version: int
    parked: int
    comparison: Comparison
    behind: list[dict[str, int]]
    wrong: list[str]

    @property
    def equal(self) -> bool:
        return not (self.comparison.differing or self.behind or self.wrong)

    def shown(self, most: int) -> list[Difference]:
        return self.comparison.differences[:most]

    def remarks(self) -> list[str]:
        behind = [f"partition {b['partition']} is at {b['checkpoint']}, history at {b['end']}" for b in self.behind]
        return behind + self.wrong

    def as_json(self) -> dict[str, Any]:
        comparison = self.comparison
        return {
            "model": self.name,
            "version": self.version,
            "tenants": len(comparison.digests),
            "rows": comparison.rows,
            "parked": self.parked,
            "equal": self.equal,
            "digest": comparison.digest,
            "digests": comparison.digests,
            "differing": comparison.differing,
            "differences": [asdict(each) for each in comparison.differences],
            "behind": self.behind,
            "wrong": self.wrong,
        }


@dataclass(frozen=True)
class Verdict:
    #: Of the last event of history.
    position: int
    tables: list[TableVerdict]
    decisions: Decisions

    @property
    def ok(self) -> bool:
        return self.decisions.ok and all(table.equal for table in self.tables)

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "position": self.position,
            "tables": [table.as_json() for table in self.tables],
            "decisions": {"ok": self.decisions.ok} | asdict(self.decisions),
        }


def judge(settings: Settings, at_checkpoints: bool) -> Verdict:
    """The databases first: what they hold then is in the history that is read after them."""
    postgres, clickhouse = Postgres(settings.postgres_url), ClickHouse(settings.clickhouse_url)
    try:
        partitions = postgres.partitions(settings.generation)
        unknown = postgres.models() - {model.NAME for model in (*_IN_POSTGRES, ad_metrics)}
        if unknown:
            raise Unanswered(
                f"The oracle does not know how to fold {', '.join(sorted(unknown))}: teach it (tests/oracle)."
            )

        def version(model: ModuleType, topic: str) -> Version:
            return postgres.version(model.NAME, f"{topic}.{settings.generation}")

        models = (*_IN_POSTGRES, ad_metrics)
        versions = {model: {topic: version(model, topic) for topic in _topics(model)} for model in models}
        metrics = versions[ad_metrics][ad_metrics.TOPIC]
        readings = clickhouse.rows(metrics)
        if at_checkpoints:  # rows are written before their checkpoint moves, so there may be more of them
            readings, current = as_known_at(metrics, readings, partitions)
        else:
            current = clickhouse.current(metrics)
        found = {
            **{
                model.NAME: postgres.rows(next(iter(versions[model].values())), model.COLUMNS, model.KEY)
                for model in _IN_POSTGRES
            },
            ad_metrics.NAME: readings,
            ad_metrics.CURRENT: current,
        }
    finally:
        postgres.close()

    events = _history(settings.kurrentdb_url)
    by_topic = split(events, partitions)
    orders = [event for event in events if event.type == parking_orders.SKIP]
    tables: list[TableVerdict] = []
    for model, by in versions.items():
        passed = Progress()
        for topic, of in by.items():
            passed += progress(of, model.TYPES, by_topic[topic], orders, at_checkpoints)
        tables += _tables(list(by.values()), passed, expected(model.Fold(), passed.applied), found, at_checkpoints)
    return Verdict(events[-1].position if events else -1, tables, check_decisions(events))


def _topics(model: ModuleType) -> tuple[str, ...]:
    return tuple(getattr(model, "TOPICS", ())) or (model.TOPIC,)


def _history(url: str) -> list[Event]:
    try:
        return list(read_history(url))
    except Exception as error:  # whatever the client raises
        raise Unanswered(f"KurrentDB: {type(error).__name__}: {error}") from error


def _tables(
    versions: list[Version], passed: Progress, wanted: Expected, found: dict[str, Rows], at_checkpoints: bool
) -> list[TableVerdict]:
    wrong = passed.wrong + [
        f"position {event.position} of {event.stream} is applied, but cannot be ({reason})"
        for event, reason in wanted.unfoldable
    ]
    return [
        TableVerdict(
            table.name,
            versions[0].number,
            sum(len(version.parked) for version in versions),
            compare(table.columns, table.rows, found[table.name]),
            [] if at_checkpoints else passed.behind,
            wrong,
        )
        for table in wanted.tables
    ]
