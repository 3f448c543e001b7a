/** What the auditor reads of the relay's ledger, and of nothing else there. */
import type { Postgres } from '@bizosaas/databases'
import { nothingBefore } from '@bizosaas/kafka'
import type { Digests } from '../relay/digest.ts'
import { placesOf, type Tails } from '../relay/tails.ts'
import { beginning, type Cursor } from './cursor.ts'

/** One row of the ledger. Rows of earlier releases have no digests: they say nothing but where they end. */
export type Window = {
  readonly seq: number
  readonly position: number
  readonly eventId: string
  readonly digests: Digests | null
  readonly chain: Buffer | null
}

export type Ledger = {
  /** Null while the relay has not started. */
  readonly partitions: () => Promise<number | null>
  readonly head: () => Promise<{ readonly seq: number; readonly position: number } | null>
  /** Null when the cursor's own row is not there any more: the ledger was lost, and the relay wrote it again. */
  readonly windowsAfter: (cursor: Cursor, limit: number) => Promise<readonly Window[] | null>
  /** Behind the last window that ends at or before a position. */
  readonly cursorAt: (position: number, partitions: number) => Promise<Cursor>
}

export const ledgerOf = (db: Postgres, generation: string): Ledger => ({
  async partitions() {
    const [made] = await db.query<{ partitions: number }>(
      'SELECT partitions FROM relay.generation WHERE generation = $1',
      [generation],
    )
    return made?.partitions ?? null
  },

  async head() {
    const [row] = await db.query<{ seq: number; position: number }>(
      'SELECT seq, position FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1',
      [generation],
    )
    return row ?? null
  },

  async windowsAfter({ seq, position }, limit) {
    const rows = await db.query<Window>(
      `SELECT seq, position, event_id AS "eventId", digests, chain
       FROM relay.ledger WHERE generation = $1 AND seq >= $2 ORDER BY seq LIMIT $3`,
      [generation, seq, limit],
    )
    if (seq === 0) return rows
    return rows[0]?.position === position ? rows.slice(1) : null
  },

  async cursorAt(position, partitions) {
    const [row] = await db.query<Window & { readonly tails: Tails }>(
      `SELECT seq, position, event_id AS "eventId", chain, tails
       FROM relay.ledger WHERE generation = $1 AND position <= $2 ORDER BY position DESC LIMIT 1`,
      [generation, position],
    )
    // Tails are ahead of their row where the relay had lost its ledger: they do not tell then what came before.
    if (row === undefined || isAhead(row.tails, row.position)) return beginning(partitions)
    return { ...row, chain: row.chain?.toString('hex') ?? null }
  },
})

const isAhead = (tails: Tails, position: number): boolean =>
  placesOf(tails).some(({ tail }) => (tail?.position ?? nothingBefore) > position)
