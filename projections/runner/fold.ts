import type { Item } from './items.ts'
import type { FoldProjection, Projection, Recorded, Row, RowsProjection } from './projection.ts'
import { type Barred, eachUnparked, type Handled } from './unparked.ts'

/** Rows by `keyOf`; null says that there is none. */
export type RowsByKey = ReadonlyMap<string, Row | null>

/** What a batch comes to. */
export type Outcome = Handled & {
  /** Final rows that are new or changed; the new ones come first. */
  readonly written: readonly Row[]
  /** How many of them are new. */
  readonly created: number
  /** Rows, as they were, that are no more. */
  readonly removed: readonly Row[]
  /** Both of them by key. Empty for rows that are never read again. */
  readonly changed: RowsByKey
}

/** A row's key in memory. */
export function keyOf(tenantId: string, id: string): string {
  return `${tenantId}.${id}`
}

/**
 * Turns a batch into its final rows, in memory. It gives the same rows however a sequence is cut into batches.
 * @param rows what the table has at the keys of these items; a row that is missing here counts as none
 */
export function foldBatch(projection: Projection, rows: RowsByKey, items: readonly Item[], barred: Barred): Outcome {
  return projection.kind === 'fold' ? foldByKey(projection, rows, items, barred) : expand(projection, items, barred)
}

function foldByKey(projection: FoldProjection, before: RowsByKey, items: readonly Item[], barred: Barred): Outcome {
  const changed = new Map<string, Row | null>()
  const handled = eachUnparked(items, barred, (event) => {
    const key = keyOf(event.tenantId, projection.id(event))
    const row = changed.get(key) ?? (changed.has(key) ? null : (before.get(key) ?? null))
    const next = projection.handle(row, event)
    if (next !== row) changed.set(key, next)
  })
  const created: Row[] = []
  const replaced: Row[] = []
  const removed: Row[] = []
  for (const [key, row] of changed) {
    const old = before.get(key) ?? null
    if (row !== null) (old === null ? created : replaced).push(row)
    else if (old !== null) removed.push(old)
  }
  return { ...handled, written: created.concat(replaced), created: created.length, removed, changed }
}

function expand(projection: RowsProjection, items: readonly Item[], barred: Barred): Outcome {
  const written: Row[] = []
  const handled = eachUnparked(items, barred, (event: Recorded) => {
    for (const row of projection.handle(event)) written.push(row)
  })
  return { ...handled, written, created: written.length, removed: [], changed: new Map() }
}
