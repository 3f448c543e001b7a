/**
 * How a command becomes events:
 *
 *   remembered state ──▶ judge ──▶ append at the remembered revision ──▶ recorded
 *          ▲               │                      │
 *          └─── read on ───┴─ nothing to append   └─ overtaken
 *
 * An append decided on old state is harmless, because the store refuses it. Whatever appends nothing (a refusal, a
 * repeat, nothing to do, a stale If-Match) is believed only of state that was read after the command came in. So a
 * stream that nothing is remembered of is no case of its own: it looks empty, and to create something nothing is read.
 */
import { inSpan } from '@bizosaas/runtime'
import { type DomainEvent, streamName } from '@bizosaas/schemas'
import { type Standing, standingOf } from './claim-streams.ts'
import type { Claim } from './claims.ts'
import type { CommandContext, CommandRequest, Outcome } from './command.ts'
import { type Decider, fold, type Refusal } from './decider.ts'
import { StoreUnavailable, WrongRevision } from './errors.ts'
import { eventOf, type Folded, type FoldedStreams, foldedStreams, type Recorded } from './folded-streams.ts'
import { judge, reaches, type Verdict } from './judge.ts'
import { claimWrite, newEvents, releaseWrite } from './new-events.ts'
import type { EventStore } from './store.ts'
import { turns } from './turns.ts'

/** Carries out one command. @throws StoreUnavailable; also if other processes do not stop appending to the stream. @throws Busy */
export type Handle<Command, Event extends DomainEvent, State> = (
  request: CommandRequest<Command>,
) => Promise<Outcome<Event, State>>

/** One is lost each time that another process appends to the same stream first. */
const maxAttempts = 25
/** Commands of this process on one stream that are carried out or wait: a fraction of a second's work. */
const mostOnStream = 250

export function commandHandler<Command, Event extends DomainEvent, State>({
  store,
  decider,
  streams = foldedStreams(store, decider),
}: {
  readonly store: EventStore
  readonly decider: Decider<Command, Event, State>
  /** To share what is remembered with somebody else who reads these streams. */
  readonly streams?: FoldedStreams<Event, State>
}): Handle<Command, Event, State> {
  type Answer = Outcome<Event, State>
  type Append = Extract<Verdict<Event, State>, { type: 'append' }>

  const carryOut = async (stream: string, request: CommandRequest<Command>): Promise<Answer> => {
    let folded = streams.recall(stream)
    const freed = new Map<string, number>()
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const verdict = judge(decider, folded, request)
      if (verdict.type === 'append') {
        const answer = await record(stream, folded, request, verdict, freed)
        if (answer !== 'overtaken') return answer
      } else if (attempt > 1) {
        return tell(stream, folded, verdict)
      }
      folded = await streams.refresh(stream)
    }
    throw new StoreUnavailable(`${stream} changes faster than a command on it can be decided`)
  }

  const record = async (
    stream: string,
    folded: Folded<State>,
    { id, context, claims = [], releases = [] }: CommandRequest<Command>,
    { events, state }: Append,
    /** Revisions of the claims that somebody held once, and nobody holds now. */
    freed: Map<string, number>,
  ): Promise<Answer | 'overtaken'> => {
    const clientId = decider.clientOf(state)
    const expected = folded.revision < 0 ? 'no-stream' : folded.revision
    const take = (claim: Claim) => claimWrite(context, clientId, claim, id, freed.get(claim.stream))
    const standings = await Promise.all(releases.map((claim) => standingOf(store, claim)))
    const releasing = releases.flatMap((claim, n) => {
      const { revision, holder } = standings[n] as Standing
      return holder === id ? [releaseWrite(context, clientId, claim, id, revision)] : []
    })
    const own = { stream, expected, events: newEvents(context, clientId, events) } as const
    try {
      const { commandId, bodyHash, traceparent } = context
      // The stream itself comes last, so that the append's position is its own: as a repetition finds it there.
      const writes = [...releasing, ...claims.map(take), own]
      const attributes = {
        'bizosaas.stream': stream,
        'bizosaas.command_id': commandId,
        'bizosaas.events': events.length,
      }
      const { position } = await inSpan('append', traceparent, attributes, () => store.append(writes))
      streams.advance(stream, folded, events, { position, commandId, bodyHash })
      return { type: 'recorded', revision: folded.revision + events.length, position, events, state }
    } catch (error) {
      if (!(error instanceof WrongRevision)) throw error
      const claim = claims.find((one) => one.stream === error.stream)
      if (claim === undefined) return 'overtaken'
      const standing = await standingOf(store, claim)
      if (standing.holder !== null) return taken(stream, claim, standing, context)
      freed.set(claim.stream, standing.revision)
      return 'overtaken'
    }
  }

  const tell = (
    stream: string,
    { revision, position, state }: Folded<State>,
    verdict: Exclude<Verdict<Event, State>, Append>,
  ): Answer | Promise<Answer> => {
    if (verdict.type === 'repeated') return asTheFirstTime(stream, verdict.first)
    if (verdict.type === 'unchanged') return { type: 'unchanged', revision, position, events: [], state }
    return verdict
  }

  const asTheFirstTime = async (
    stream: string,
    { firstRevision, lastRevision, position }: Recorded,
  ): Promise<Answer> => {
    const events: Event[] = []
    for await (const stored of store.readStream(stream, { maxCount: lastRevision + 1 })) events.push(eventOf(stored))
    const state = fold(decider, events)
    return { type: 'repeated', revision: lastRevision, position, events: events.slice(firstRevision), state }
  }

  /** Somebody has the claim: perhaps this very command, in which case its own stream says so. */
  const taken = async (
    stream: string,
    { kind }: Claim,
    { holder, clientId }: Standing,
    context: CommandContext,
  ): Promise<Answer | 'overtaken'> => {
    const { commands, revision } = await streams.refresh(stream)
    if (commands.has(context.commandId)) return 'overtaken'
    // That somebody has it cannot be hidden; who it is is told to those who may see it.
    const told = reaches(context, clientId) ? holder : null
    return { type: 'refused', refusal: valueTaken(kind, told), revision }
  }

  const inTurn = turns(mostOnStream)
  return (request) => {
    const stream = streamName(decider.category, request.context.tenantId, request.id)
    return inTurn(stream, () => carryOut(stream, request))
  }
}

function valueTaken(kind: string, holder: string | null): Refusal {
  const taken = { refusal: 'value-taken', kind }
  return holder === null
    ? { ...taken, detail: `The ${kind} is taken already, by another client.` }
    : { ...taken, detail: `The ${kind} is taken already, by ${holder}.`, holder }
}
