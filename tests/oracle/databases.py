"""What the system's databases hold: the rows that serve, how far they are, and what is set aside."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import ad_metrics
from .canonical import Key, Row, Rows, json_text
from .partitions import partition_of_key

if TYPE_CHECKING:
    import psycopg


class Unanswered(Exception):
    """The oracle could not look; nothing is said about what is there."""


@dataclass(frozen=True)
class Version:
    """The version of a model that answers queries, with its checkpoints and parked events."""

    model: str
    number: int
    #: Rows of read_model.checkpoint by partition.
    checkpoints: dict[int, dict[str, Any]]
    #: Positions of parked events, each with its partition.
    parked: dict[int, int]
    #: Ids of operators' orders about parked streams that changed something.
    orders_carried_out: frozenset[str] = frozenset()

    @property
    def table(self) -> str:
        return f"{self.model.replace('-', '_')}_v{self.number}"

    def position(self, partition: int) -> int:
        return int(self.checkpoints[partition]["position"]) if partition in self.checkpoints else -1


class Postgres:
    """One snapshot, so that rows and checkpoints belong together although the system goes on."""

    def __init__(self, url: str) -> None:
        import psycopg

        try:
            self._connection: psycopg.Connection[Any] = psycopg.connect(url, connect_timeout=10)
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
        except psycopg.Error as error:
            raise Unanswered(f"Postgres: {error}") from error

    def close(self) -> None:
        self._connection.close()

    def partitions(self, generation: str) -> int:
        found = self._rows("SELECT partitions FROM relay.generation WHERE generation = %s", generation)
        if not found:
            raise Unanswered(f"The relay has written no topics of the generation {generation} yet.")
        return int(found[0][0])

    def models(self) -> set[str]:
        """Those that serve."""
        return {model for (model,) in self._rows("SELECT model FROM read_model.live_version")}

    def version(self, model: str, topic: str) -> Version:
        live = self._rows("SELECT version FROM read_model.live_version WHERE model = %s", model)
        if not live:
            raise Unanswered(f"No version of {model} serves: a runner makes the first one when it starts.")
        (number,) = live[0]
        where = "WHERE model = %s AND version = %s AND topic = %s"
        checkpoints = self._rows(f"SELECT to_jsonb(c) FROM read_model.checkpoint c {where}", model, number, topic)
        parked = self._rows(f"SELECT position, partition FROM read_model.parked {where}", model, number, topic)
        by_partition = {row["partition"]: row for (row,) in checkpoints}
        return Version(model, number, by_partition, dict(parked), self._orders_carried_out())

    def _orders_carried_out(self) -> frozenset[str]:
        ((is_there,),) = self._rows("SELECT to_regclass('read_model.parking_outcome') IS NOT NULL")
        if not is_there:
            return frozenset()
        outcomes = self._rows("SELECT order_id::text FROM read_model.parking_outcome WHERE outcome <> 'refused'")
        return frozenset(order for (order,) in outcomes)

    def rows(self, version: Version, columns: tuple[str, ...], key: tuple[str, ...]) -> Rows:
        """All rows of the version's table; `key` names the columns that identify one beside its tenant."""
        table = f"read_model.{version.table}"
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            types = {column.name: column.type_display for column in cursor.description or []}
            _check_columns(table, types, columns)
            selected = ", ".join(_as_text(name, types[name]) for name in columns)
            json_columns = [n for n, name in enumerate(columns) if types[name] == "jsonb"]
            rows: list[list[str | None]] = []
            with cursor.copy(f"COPY (SELECT {selected} FROM {table}) TO STDOUT") as copy:
                for values in copy.rows():
                    row = list(values)
                    for n in json_columns:
                        row[n] = json_text(json.loads(row[n] or "null"))
                    rows.append(row)
        return _by_key(rows, columns, key)

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._connection.execute(query, values).fetchall()
        return rows


def _as_text(column: str, type_: str) -> str:
    if type_ == "timestamptz":
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f"{column}::text"


class ClickHouse:
    """Over plain HTTP; the user, the password and the database are the URL's."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        user = urllib.parse.unquote(parts.username or "default")
        password = urllib.parse.unquote(parts.password or "")
        settings = {"database": parts.path.strip("/") or "default", "output_format_json_quote_64bit_integers": "0"}
        port = f":{parts.port}" if parts.port else ""
        self._url = f"{parts.scheme}://{parts.hostname}{port}/?{urllib.parse.urlencode(settings)}"
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def rows(self, version: Version) -> Rows:
        """Every reading. Two that differ and claim the same place both come; two that are the same come once."""
        columns = ad_metrics.COLUMNS
        table = version.table
        _check_columns(table, (name for name, *_ in self._select(f"DESCRIBE TABLE {table}")), columns)
        rows = self._select(f"SELECT DISTINCT {', '.join(map(_as_json, columns))} FROM {table}")
        return _by_key(_canonical(rows, columns), columns, (*ad_metrics.IDENTITY[1:], "position", "ordinal"))

    def current(self, version: Version) -> Rows:
        """The latest reading of each row of figures, as the queries choose it."""
        columns, identity = ad_metrics.CURRENT_COLUMNS, ad_metrics.IDENTITY
        latest = (f"argMax({_as_json(name)}, ({_ORDER}))" for name in columns[len(identity) :])
        rows = self._select(
            f"SELECT {', '.join((*identity, *latest))} FROM {version.table} GROUP BY {', '.join(identity)}"
        )
        return _by_key(_canonical(rows, columns), columns, identity[1:])

    def _select(self, query: str) -> Iterator[list[Any]]:
        request = urllib.request.Request(
            self._url,
            f"{query} FORMAT JSONCompactEachRow".encode(),
            {"Authorization": self._authorization},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                yield from map(json.loads, answer)
        except urllib.error.HTTPError as error:
            raise Unanswered(f"ClickHouse: {error.read(500).decode(errors='replace').strip()}") from error
        except (OSError, ValueError) as error:
            raise Unanswered(f"ClickHouse: {error}") from error


_ORDER = "position, ordinal"
_NUMBERS = {"position", "ordinal", "impressions", "clicks", "spend_micros"}
_MAPS = {"breakdown", "conversions", "conversion_values"}


def _as_json(column: str) -> str:
    """As the oracle writes it, but for maps."""
    if column == "known_at":
        return f"concat(replaceOne(toString({column}), ' ', 'T'), 'Z')"
    return f"toString({column})" if column in _NUMBERS else column


def _canonical(rows: Iterable[list[Any]], columns: tuple[str, ...]) -> Iterator[list[str | None]]:
    maps = [n for n, name in enumerate(columns) if name in _MAPS]
    for row in rows:
        for n in maps:
            row[n] = json_text(row[n])
        yield row


def _by_key(rows: Iterable[list[str | None]], columns: tuple[str, ...], key: tuple[str, ...]) -> Rows:
    places = [columns.index(name) for name in key]
    found: Rows = {}
    again: Counter[Key] = Counter()
    for row in rows:
        tenant, name = row[0] or "", "/".join(row[place] or "" for place in places)
        if (tenant, name) in found:
            again[tenant, name] += 1
            name += f" (again, {again[tenant, name]})"
        found[tenant, name] = Row(tuple(row))
    return found


def as_known_at(version: Version, rows: Rows, partitions: int) -> tuple[Rows, Rows]:
    """Those of ad-metrics' readings that its checkpoints have passed, and the latest of these."""
    places = [ad_metrics.COLUMNS.index(name) for name in ("ad_account_id", "position", "ordinal")]
    passed: Rows = {}
    last: dict[Key, tuple[tuple[int, int], Row]] = {}
    for key, row in rows.items():
        account, position, ordinal = (row.values[place] or "" for place in places)
        at = (int(position), int(ordinal))
        if at[0] > version.position(partition_of_key(account, partitions)):
            continue
        passed[key] = row
        about = (key[0], "/".join(value or "" for value in row.values[1:5]))
        if about not in last or last[about][0] < at:
            last[about] = (at, row)
    return passed, {about: ad_metrics.current(row) for about, (_, row) in last.items()}


def _check_columns(table: str, found: Iterable[str], known: tuple[str, ...]) -> None:
    wrong = set(found) ^ set(known)
    if wrong:
        raise Unanswered(f"{table} and the oracle disagree on columns: {', '.join(sorted(wrong))}.")
