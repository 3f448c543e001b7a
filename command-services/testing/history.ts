import { type Decider, fold, isRefusal, type Refusal } from '@bizosaas/event-store'
import { canonical, type DomainEvent, fromStored, schemaOf } from '@bizosaas/schemas'

export interface Step<Command, Event, State> {
  readonly command: Command
  readonly before: State
  readonly decision: readonly Event[] | Refusal
  readonly after: State
}

/** Decides on commands one after the other, each on the state that the events before it led to. */
export function live<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  commands: readonly Command[],
): readonly Step<Command, Event, State>[] {
  let before = decider.initial
  return commands.map((command) => {
    const decision = decider.decide(command, before)
    const step = { command, before, decision, after: fold(decider, eventsOf(decision), before) }
    before = step.after
    return step
  })
}

export function eventsOf<Event>(decision: readonly Event[] | Refusal): readonly Event[] {
  return isRefusal(decision) ? [] : decision
}

/** What the store would give back. */
export function storedAndRead<Event extends DomainEvent>(event: Event): Event {
  const stored = JSON.stringify(canonical(event.type, event.data))
  return fromStored(event.type, schemaOf(event.type).version, JSON.parse(stored)) as Event
}
