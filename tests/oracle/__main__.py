"""python3 -m oracle: prints its verdict as JSON, and a summary of it on standard error.

Exit code 0: all is as history has it. 1: something differs. 2: the oracle could not look.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time

from .compare import Difference
from .databases import Unanswered
from .verdict import Settings, Verdict, judge


def main() -> int:
    parser = argparse.ArgumentParser(prog="oracle", description="Folds history again and compares.")
    parser.add_argument(
        "--at-checkpoints",
        action="store_true",
        help="compare as of the models' checkpoints; else they must have reached the end of history",
    )
    arguments = parser.parse_args()
    began = time.monotonic()
    gc.disable()  # it would walk through all of history again and again, and little of it is garbage
    try:
        verdict = judge(_settings(), at_checkpoints=arguments.at_checkpoints)
    except Unanswered as reason:
        print(reason, file=sys.stderr)
        return 2
    json.dump(verdict.as_json(), sys.stdout, ensure_ascii=False)
    print()
    print(_summary(verdict, time.monotonic() - began), file=sys.stderr)
    return 0 if verdict.ok else 1


def _settings() -> Settings:
    names = ("KURRENTDB_URL", "POSTGRES_PROJECTOR_URL", "CLICKHOUSE_PROJECTOR_URL")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise Unanswered(f"{', '.join(missing)} must be set, or a system run in BIZOSAAS_DATA_DIR: npm start.")
    kurrentdb, postgres, clickhouse = (os.environ[name] for name in names)
    return Settings(kurrentdb, postgres, clickhouse, os.environ.get("TOPIC_GENERATION") or "g1")


def _summary(verdict: Verdict, seconds: float) -> str:
    lines = []
    for table in verdict.tables:
        state = "equal" if table.equal else f"{table.comparison.differing} rows differ"
        rows = table.comparison.rows
        lines.append(f"{table.name:<24} v{table.version}  {rows:>8} rows  {table.parked} parked  {state}")
        lines += [f"  {line}" for line in table.remarks()]
        lines += [f"  {_told(each)}" for each in table.shown(3)]
    decisions = verdict.decisions
    state = "legal" if decisions.ok else f"{decisions.broken} break a rule"
    lines.append(f"{'decisions':<24}     {decisions.events:>8} events, {decisions.commands} commands  {state}")
    for each in decisions.violations[:3]:
        lines.append(f"  position {each.position}, {each.type} of {each.stream}: {each.rule}")
    whole = "as history has it" if verdict.ok else "NOT as history has it"
    lines.append(f"{whole}, up to {verdict.position} ({seconds:.1f} s)")
    return "\n".join(lines)


def _told(difference: Difference) -> str:
    place = f"{difference.tenant} {difference.key}"
    if difference.found is None:
        return f"{place} is missing"
    if difference.expected is None:
        return f"{place} does not follow from history"
    wanted = difference.expected
    columns = (f"{column} {found} instead of {wanted[column]}" for column, found in difference.found.items())
    return f"{place}: {', '.join(columns)}"


if __name__ == "__main__":
    sys.exit(main())
