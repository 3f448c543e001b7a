import { type ClientId, canonical, type DomainEvent } from '@bizosaas/schemas'
import type { CommandContext, CommandRequest, Outcome } from './command.ts'
import { type Decider, fold, isRefusal, type Refusal } from './decider.ts'
import type { Folded, Recorded } from './folded-streams.ts'

/** What is to be done about a command, if the stream is where it was when it was folded. */
export type Verdict<Event extends DomainEvent, State> =
  | { readonly type: 'append'; readonly events: readonly Event[]; readonly state: State }
  | { readonly type: 'repeated'; readonly first: Recorded }
  | { readonly type: 'unchanged' }
  | Extract<Outcome, { type: 'refused' | 'stale' | 'key-reused' }>

/** Streams are read as a whole, so they are kept short: a thing that never ends has its period in its id. */
export const maxEventsOfStream = 2_000

/** Decides on a command. Pure. A sender who may not see the aggregate is told what the decider says where nothing is. */
export function judge<Command, Event extends DomainEvent, State>(
  decider: Decider<Command, Event, State>,
  folded: Folded<State>,
  { command, context, ifMatch }: CommandRequest<Command>,
): Verdict<Event, State> {
  const first = folded.commands.get(context.commandId)
  if (first) return first.bodyHash === context.bodyHash ? { type: 'repeated', first } : { type: 'key-reused' }

  const visible = reaches(context, decider.clientOf(folded.state))
  const revision = visible ? folded.revision : -1
  const refused = (refusal: Refusal) => ({ type: 'refused' as const, refusal, revision })

  const decision = decider.decide(command, visible ? folded.state : decider.initial)
  if (revision < 0 && isRefusal(decision)) return refused(decision)
  if (!visible) return refused(foreignClient)
  if (ifMatch != null && ifMatch !== revision) return { type: 'stale', expected: ifMatch, actual: revision }
  if (isRefusal(decision)) return refused(decision)
  if (decision.length === 0) return { type: 'unchanged' }

  // From here on only what will be stored counts, so that remembered state is what reading back would give.
  const events = decision.map(({ type, data }) => ({ type, data: canonical(type, data) }) as Event)
  const state = fold(decider, events, folded.state)
  if (!reaches(context, decider.clientOf(state))) return refused(foreignClient)
  if (revision + 1 + events.length > maxEventsOfStream) return refused(streamFull)
  return { type: 'append', events, state }
}

const foreignClient: Refusal = {
  refusal: 'forbidden',
  detail: 'This access token is not for that client. Use one of the agency, or of the client in question.',
}

const streamFull: Refusal = {
  refusal: 'stream-full',
  detail: `This would be its event number ${maxEventsOfStream + 1} or later; no more than ${maxEventsOfStream} are kept of one thing. Start a new one.`,
}

/** Whether the sender may see what belongs to `owner`; nobody owns what is not there yet. */
export function reaches({ clientIds }: Pick<CommandContext, 'clientIds'>, owner: ClientId | null): boolean {
  return clientIds === null || owner === null || clientIds.includes(owner)
}
