/**
 * How event store, Kafka and ledger may differ:
 *
 *   missing-in-kafka   the event store has an event that Kafka lacks
 *   missing-in-store   Kafka has a record that the relay published, and the event store lacks its event
 *   extra-in-kafka     Kafka has a record that neither the event store nor the ledger knows
 *   other-bytes        both have it, and they say different things
 *   ledger-differs     both agree, and the ledger says that something else was published
 *   chain-broken       the ledger's row does not follow from the row before: one was altered, added or taken away
 */
import type { Topic } from '@bizosaas/schemas'

export type FindingKind =
  | 'missing-in-kafka'
  | 'missing-in-store'
  | 'extra-in-kafka'
  | 'other-bytes'
  | 'ledger-differs'
  | 'chain-broken'

export type Finding = {
  readonly kind: FindingKind
  /** The window: the row of the ledger, and the positions that it covers. */
  readonly window: { readonly seq: number; readonly after: number; readonly upTo: number }
  /** Null where it concerns the window as a whole. */
  readonly partition: { readonly topic: Topic; readonly number: number } | null
  readonly event: { readonly position: number; readonly id: string } | null
  /** One sentence. */
  readonly detail: string
}
