import type { Category, ClientId, DomainEvent } from '@bizosaas/schemas'

/**
 * Why a command is not carried out. A refusal is an answer of the domain, not an error: nothing is broken, and sending
 * the command again changes nothing. Faults (a store that is down) are thrown instead.
 */
export interface Refusal {
  /** Stable, in kebab-case; the edge maps it to a status code. */
  readonly refusal: string
  /** A sentence that says what is wrong and, where it is not obvious, what would help. */
  readonly detail: string
  /** Whatever a program needs to act on it, for example the state that stood in the way. */
  readonly [fact: string]: unknown
}

/**
 * What an aggregate is: what may happen (`decide`) and what is true afterwards (`evolve`). Both are pure: clock and ids
 * come in with the command. The pattern is Jérémie Chassaing's "Functional Event Sourcing Decider".
 */
export interface Decider<Command, Event extends DomainEvent, State> {
  /** Of its streams: `<category>-<tenantId>.<id>`. */
  readonly category: Category
  readonly initial: State
  /** The events that follow; none if what the command wants already holds, so that repeating it appends nothing. */
  readonly decide: (command: Command, state: State) => readonly Event[] | Refusal
  readonly evolve: (state: State, event: Event) => State
  /** Whose data it is: recorded with each event, and all that a token of one client reaches. Null while nothing is there. */
  readonly clientOf: (state: State) => ClientId | null
}

/** What `decide` answers when nothing is left to do. */
export const alreadyDone: readonly never[] = []

export function isRefusal(decision: readonly unknown[] | Refusal): decision is Refusal {
  return !Array.isArray(decision)
}

/** The state after `events`, from `state` on. */
export function fold<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  events: readonly Event[],
  state: State = decider.initial,
): State {
  return events.reduce(decider.evolve, state)
}
