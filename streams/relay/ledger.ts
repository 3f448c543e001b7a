/**
 * The relay's ledger in PostgreSQL: one row per batch that Kafka has acknowledged. It is written only by the relay that
 * took the latest epoch, so a relay that was suspended and woke up again cannot confuse it.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Postgres, StoreUnavailable } from '@bizosaas/databases'
import { CannotStart, type Log } from '@bizosaas/runtime'
import type { Instant } from '@bizosaas/schemas'
import type { Digests } from './digest.ts'
import type { Tails } from './tails.ts'

export type LedgerRow = {
  readonly seq: number
  readonly position: number
  readonly eventId: string
  readonly instant: Instant
  readonly tails: Tails
  readonly digests: Digests
  readonly chain: Buffer
}

/** Rows that were written by earlier releases have no chain. */
export type LastRow = Omit<LedgerRow, 'digests' | 'chain'> & { readonly chain: Buffer | null }

export type Ledger = {
  readonly epoch: number
  /** What the relays before this one have published; null at the beginning. */
  readonly last: LastRow | null
  /**
   * Waits for a database that is away, as long as it takes: what is published stays published.
   * @throws Superseded when another relay has taken over; StoreUnavailable when the relay is being stopped meanwhile
   */
  readonly write: (row: LedgerRow) => Promise<void>
}

/** Another relay has taken over. What this one sent meanwhile were duplicates, which every consumer drops. */
export class Superseded extends Error {
  readonly code = 'superseded'

  constructor(generation: string, epoch: number) {
    super(
      `Another relay has taken over the topics of ${generation} (this one holds epoch ${epoch}), so this one ends: run one relay per generation`,
    )
    this.name = 'Superseded'
  }
}

export type LedgerOptions = {
  readonly generation: string
  readonly partitions: number
  readonly stopping: AbortSignal
  readonly log: Log
}

/**
 * Takes the next epoch of a generation: from here on no other relay can write its ledger, and what the others wrote is
 * complete.
 *
 * @throws CannotStart when the generation was made with another number of partitions
 */
export const takeLedger = async (
  db: Postgres,
  { generation, partitions, stopping, log }: LedgerOptions,
): Promise<Ledger> => {
  const epoch = await db.transaction(async (tx) => {
    await tx.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      generation,
      partitions,
    ])
    const [made] = await tx.query<{ partitions: number }>(
      'SELECT partitions FROM relay.generation WHERE generation = $1',
      [generation],
    )
    if (made !== undefined && made.partitions !== partitions) {
      throw new CannotStart(
        `Generation ${generation} has ${made.partitions} partitions, but TOPIC_PARTITIONS is ${partitions}: set it to ${made.partitions}`,
      )
    }
    const [taken] = await tx.query<{ epoch: number }>(
      `INSERT INTO relay.epoch (generation, epoch) VALUES ($1, 1)
       ON CONFLICT (generation) DO UPDATE SET epoch = epoch.epoch + 1, taken_at = now() RETURNING epoch`,
      [generation],
    )
    return taken?.epoch ?? 0
  })
  const [last] = await db.query<LastRow>(
    `SELECT seq, position, event_id AS "eventId", instant, tails, chain
     FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1`,
    [generation],
  )

  const isWritten = async ({ seq, eventId }: LedgerRow): Promise<boolean> => {
    const found = await db.query(
      'SELECT FROM relay.ledger WHERE generation = $1 AND seq = $2 AND epoch = $3 AND event_id = $4',
      [generation, seq, epoch, eventId],
    )
    return found.length > 0
  }

  const insert = async (row: LedgerRow): Promise<void> => {
    const { seq, position, eventId, instant, tails, digests, chain } = row
    // The lock on the epoch's row makes a taker wait for this write, and this write see the taker.
    const written = await db.prepared(
      `INSERT INTO relay.ledger (generation, seq, position, event_id, instant, epoch, tails, digests, chain)
       SELECT $1, $2, $3, $4, $5, epoch, $6, $7, $8 FROM relay.epoch WHERE generation = $1 AND epoch = $9 FOR SHARE
       RETURNING seq`,
      [generation, seq, position, eventId, instant, JSON.stringify(tails), JSON.stringify(digests), chain, epoch],
    )
    if (written.length === 0) throw new Superseded(generation, epoch)
  }

  return {
    epoch,
    last: last ?? null,
    async write(row) {
      for (let pause = 100, isRepeated = false; ; pause = Math.min(2 * pause, 2_000), isRepeated = true) {
        try {
          // The write before may have been done although its answer was lost.
          if (isRepeated && (await isWritten(row))) return
          return await insert(row)
        } catch (error) {
          if (!(error instanceof StoreUnavailable) || stopping.aborted) throw error
          log.warn({ reason: error.message, retryInMs: pause }, 'the ledger is away')
          await wait(pause, undefined, { signal: stopping }).catch(() => {})
        }
      }
    },
  }
}
