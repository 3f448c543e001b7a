"""python3 -m oracle.past TENANT POSITION...: prints a tenant's rows as they were when history ended at each position.

A system that was stopped there would hold these rows. JSON: for each position, the rows of each table by their columns.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from . import ad_metrics, campaign_list
from .history import Event, read_history
from .model import Unfoldable

_MODELS = ((campaign_list.TYPES, campaign_list.Fold), (ad_metrics.TYPES, ad_metrics.Fold))


def rows_at(history: Iterable[Event], tenant: str, positions: Iterable[int]) -> Iterator[dict[str, Any]]:
    folds = [(types, fold()) for types, fold in _MODELS]
    events = (event for event in history if event.tenant == tenant)
    waiting = next(events, None)
    for position in sorted(positions):
        while waiting is not None and waiting.position <= position:
            for types, fold in folds:
                if waiting.type in types:
                    try:
                        fold.add(waiting)
                    except Unfoldable:
                        pass
            waiting = next(events, None)
        tables = [table for _, fold in folds for table in fold.tables]
        yield {
            "position": position,
            **{table.name: [dict(zip(table.columns, row.values)) for row in table.rows.values()] for table in tables},
        }


def main() -> int:
    tenant, *positions = sys.argv[1:]
    history = read_history(os.environ["KURRENTDB_URL"])
    json.dump(list(rows_at(history, tenant, map(int, positions))), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
