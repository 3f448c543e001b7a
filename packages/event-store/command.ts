import type { ClientId, DomainEvent, Instant, TenantId } from '@bizosaas/schemas'
import type { Claim } from './claims.ts'
import type { Refusal } from './decider.ts'

/** Who sends a command, on whose behalf, why and when. */
export interface CommandContext {
  readonly tenantId: TenantId
  /** The clients the sender may act for; null for every client of the tenant. */
  readonly clientIds: readonly ClientId[] | null
  readonly actor: string
  /** See `commandIdOf`. */
  readonly commandId: string
  /** Of what was sent with the id: a repeat has the same. */
  readonly bodyHash: string
  readonly correlationId: string
  readonly causationId: string
  readonly traceparent: string | null
  /** Which the sender holds; left out where nobody sent a request. */
  readonly roles?: readonly string[]
  /** A keyed hash of where the request came from. */
  readonly origin?: string | null
  readonly now: Instant
}

export interface CommandRequest<Command> {
  /** Of the aggregate. */
  readonly id: string
  readonly command: Command
  readonly context: CommandContext
  /** The revision that the sender has seen, if it must still be that. */
  readonly ifMatch?: number | null
  /** Values to take together with what this command records. */
  readonly claims?: readonly Claim[]
  /** Values to let go of together with it, as far as the aggregate holds them. */
  readonly releases?: readonly Claim[]
}

export type Outcome<Event extends DomainEvent = DomainEvent, State = unknown> =
  | Accepted<Event, State>
  | { readonly type: 'refused'; readonly refusal: Refusal; readonly revision: number }
  /** The aggregate is not at the revision that the sender has seen. */
  | { readonly type: 'stale'; readonly expected: number; readonly actual: number }
  /** The command id recorded something before, with something else sent. What recorded nothing is not remembered. */
  | { readonly type: 'key-reused' }

export interface Accepted<Event extends DomainEvent = DomainEvent, State = unknown> {
  /**
   * `repeated`: the command had been carried out before, and this is the answer of the first time.
   * `unchanged`: what it wants held already, so it has no events.
   */
  readonly type: 'recorded' | 'repeated' | 'unchanged'
  readonly revision: number
  readonly position: number
  readonly events: readonly Event[]
  readonly state: State
}
