/** The relay's ledger, as far as questions need it: from an instant to a position, and from what is applied to an instant. */
import type { Queryable } from '@bizosaas/databases'
import { nothingBefore } from '@bizosaas/kafka'
import type { Instant, Topic } from '@bizosaas/schemas'

/** Everything up to `position` is in the topics, whose partitions end at `tails`. */
export interface LedgerRow {
  readonly seq: number
  readonly position: number
  /** The latest at which one of all events up to here was recorded. */
  readonly instant: Instant
  readonly tails: {
    readonly [kind in Topic]: readonly ({ readonly offset: number; readonly position: number } | null)[]
  }
}

const columns = 'seq, position, instant, tails'

/** The newest row; null before the first event. */
export async function ledgerHead(tx: Queryable, generation: string): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${columns} FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1`,
    [generation],
  )
  return row ?? null
}

export async function ledgerRow(tx: Queryable, generation: string, seq: number): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(`SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND seq = $2`, [
    generation,
    seq,
  ])
  return row ?? null
}

/** Whether a reader of these topics that is so far in each partition has dealt with all that the row says is there. */
export function isReached(
  { tails }: LedgerRow,
  kinds: readonly Topic[],
  positionIn: (kind: Topic, partition: number) => number,
): boolean {
  return kinds.every((kind) =>
    tails[kind].every((tail, partition) => (tail?.position ?? nothingBefore) <= positionIn(kind, partition)),
  )
}

/** The last row up to which everything was recorded at or before an instant; null when there is none. */
export async function publishedAt(tx: Queryable, generation: string, instant: Instant): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND instant <= $2
     ORDER BY instant DESC, position DESC LIMIT 1`,
    [generation, instant],
  )
  return row ?? null
}

/** The last row with nothing behind a position; null when there is none. */
export async function publishedUpTo(tx: Queryable, generation: string, position: number): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND position <= $2 ORDER BY position DESC LIMIT 1`,
    [generation, position],
  )
  return row ?? null
}

/** The first row with all that stands at a position or before; null while there is none. */
export async function firstReaching(tx: Queryable, generation: string, position: number): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND position >= $2 ORDER BY position LIMIT 1`,
    [generation, position],
  )
  return row ?? null
}

/** The first row with something that was recorded after an instant; null while there is none. */
export async function firstAfter(tx: Queryable, generation: string, instant: Instant): Promise<LedgerRow | null> {
  const [row] = await tx.query<LedgerRow>(
    `SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND instant > $2
     ORDER BY instant, position LIMIT 1`,
    [generation, instant],
  )
  return row ?? null
}

/**
 * The newest row that is reached. Rows are numbered from 1 without a gap and only ever move forward, so that one which is reached has
 * only reached ones before it. The search looks close behind the head first, where it mostly ends.
 */
export async function newestReached(
  tx: Queryable,
  generation: string,
  head: LedgerRow | null,
  reached: (row: LedgerRow) => boolean,
): Promise<LedgerRow | null> {
  if (head === null || reached(head)) return head
  let newest: LedgerRow | null = null
  let ahead = head.seq
  while (ahead - (newest?.seq ?? 0) > 1) {
    const probes = behind(ahead, newest?.seq ?? 0)
    const rows = await tx.prepared<LedgerRow>(
      `SELECT ${columns} FROM relay.ledger WHERE generation = $1 AND seq = ANY ($2) ORDER BY seq DESC`,
      [generation, probes],
    )
    const found: LedgerRow | null = rows.find(reached) ?? newest
    ahead = Math.min(...probes.filter((seq) => seq > (found?.seq ?? 0)), ahead)
    newest = found
  }
  return newest
}

/** 1, 2, 4, 8, ... behind, down to but without the lower end. */
function behind(ahead: number, lower: number): number[] {
  const probes: number[] = []
  for (let step = 1; ahead - step > lower; step *= 2) probes.push(ahead - step)
  return probes
}
