import { nothingBefore } from '@bizosaas/kafka'
import { noTails, type Tails } from '../relay/tails.ts'

/** Where an audit goes on: behind a window, everything up to which has been compared. */
export type Cursor = {
  /** Of the window's row in the ledger; 0 before the first. */
  readonly seq: number
  readonly position: number
  /** Of the event at that position; null before the first. */
  readonly eventId: string | null
  /** Of that window, in hexadecimal; null where the ledger has none. */
  readonly chain: string | null
  /** Of each partition, its last event up to that position, and the last offset that need not be read again. */
  readonly tails: Tails
}

export const beginning = (partitions: number): Cursor => ({
  seq: 0,
  position: nothingBefore,
  eventId: null,
  chain: null,
  tails: noTails(partitions),
})
