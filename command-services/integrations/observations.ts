/**
 * A page of figures becomes one command for each of its days: an account's day is a stream of its own. Each day's command
 * id follows from the request's, so that a request that failed half way is completed by sending it again, and then answers
 * as it would have at first.
 */
import {
  type CommandContext,
  derivedId,
  type FoldedStreams,
  type Handle,
  maxEventsOfStream,
  type Outcome,
} from '@bizosaas/event-store'
import { type AdAccountId, type CalendarDate, type Reading, streamName } from '@bizosaas/schemas'
import type { AdAccount, AdAccountEvent } from './ad-account.ts'
import { type AdAccountDay, type AdAccountDayEvent, type Observe, saysAll } from './ad-account-day.ts'

/** Rows of figures, each with its day. */
export type DatedReading = Reading & { readonly date: CalendarDate }

/** What became of the rows of a page; the three add up to its size. */
export interface Observed {
  readonly observed: number
  readonly restated: number
  readonly unchanged: number
  /** Of the last event that says something about these days. */
  readonly position: number
}

export type Observation =
  | { readonly type: 'observed'; readonly page: Observed }
  | { readonly type: 'no-account' }
  | { readonly type: 'rejected'; readonly outcome: Exclude<DayOutcome, Accepted> }

type DayOutcome = Outcome<AdAccountDayEvent, AdAccountDay>
type Accepted = Extract<DayOutcome, { type: 'recorded' | 'repeated' | 'unchanged' }>

const daysAtOnce = 8

/** Takes in pages of figures. Rows must differ in what they are about: whoever sends two figures of one thing is asked which. */
export function observer(
  accounts: FoldedStreams<AdAccountEvent, AdAccount>,
  handle: Handle<Observe, AdAccountDayEvent, AdAccountDay>,
) {
  return async (context: CommandContext, id: AdAccountId, page: readonly DatedReading[]): Promise<Observation> => {
    const { state: account } = await accounts.load(streamName('adAccount', context.tenantId, id))
    const isOfOther = context.clientId !== null && context.clientId !== account?.clientId
    if (account === null || isOfOther) return { type: 'no-account' }
    const { clientId, platform, currency } = account
    const about = { adAccountId: id, clientId, platform, currency }

    const days = [...Map.groupBy(page, ({ date }) => date)]
    const outcomes = await inParallel(days, daysAtOnce, ([date, dated]) => {
      const rows = dated.map(({ key, measures }) => ({ key, measures }))
      return observeDay(handle, context, { type: 'observe', ...about, date, rows })
    })
    const flat = outcomes.flat()
    const rejected = flat.find((outcome) => !isAccepted(outcome))
    if (rejected && !isAccepted(rejected)) return { type: 'rejected', outcome: rejected }
    return { type: 'observed', page: sum(flat.filter(isAccepted), page.length) }
  }
}

/** A day that says more than one append may hold takes several; each is a command of its own. */
async function observeDay(
  handle: Handle<Observe, AdAccountDayEvent, AdAccountDay>,
  context: CommandContext,
  command: Observe,
): Promise<readonly DayOutcome[]> {
  const { adAccountId, date, rows } = command
  const outcomes: DayOutcome[] = []
  for (let part = 0; part < maxEventsOfStream; part++) {
    const commandId = derivedId(context.commandId, `${date}/${part}`)
    const outcome = await handle({ id: `${adAccountId}:${date}`, command, context: { ...context, commandId } })
    outcomes.push(outcome)
    if (!isAccepted(outcome) || saysAll(outcome.state, rows)) break
  }
  return outcomes
}

function isAccepted(outcome: DayOutcome): outcome is Accepted {
  return outcome.type === 'recorded' || outcome.type === 'repeated' || outcome.type === 'unchanged'
}

function sum(outcomes: readonly Accepted[], size: number): Observed {
  const events = outcomes.flatMap((outcome) => outcome.events)
  const count = (type: AdAccountDayEvent['type']) =>
    events.reduce((total, event) => total + (event.type === type ? event.data.rows.length : 0), 0)
  const [observed, restated] = [count('MetricsObserved'), count('MetricsRestated')]
  const position = Math.max(...outcomes.map((outcome) => outcome.position))
  return { observed, restated, unchanged: size - observed - restated, position }
}

/** Results in the order of the items. After a failure nothing new is begun, and what was begun is waited for. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = [...items.entries()]
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next
      try {
        results[index] = await work(item)
      } catch (error) {
        waiting.length = 0
        throw error
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: atOnce }, worker))
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason
  return results
}
