/**
 * A page of figures becomes commands on its days: a day of an ad account is a stream of its own. Their ids follow from
 * the request's, so that a page which was taken in half is completed by sending it again, and is then answered as it
 * would have been at first. (What said nothing new at first left no trace in its day, and is compared again.) Since no day
 * knows of the others, the request's key is claimed before any of them: so it never stands for two pages.
 */
import {
  type Accepted,
  type CommandContext,
  claimRequest,
  derivedId,
  type EventStore,
  type FoldedStreams,
  type Handle,
  type Outcome,
  reaches,
} from '@bizosaas/event-store'
import { type AdAccountId, type CalendarDate, type Reading, streamName } from '@bizosaas/schemas'
import type { AdAccount, AdAccountEvent } from './ad-account.ts'
import { type AdAccountDay, type AdAccountDayEvent, type Observe, saysAll } from './ad-account-day.ts'
import { inParallel } from './in-parallel.ts'

/** A row of figures with its day. */
export type DatedReading = Reading & { readonly date: CalendarDate }

/** What became of the rows of a page; the three counts add up to its size. */
export interface Observed {
  readonly type: 'observed'
  readonly observed: number
  readonly restated: number
  readonly unchanged: number
  /** Of the last event that says something about these days. */
  readonly position: number
}

type DayOutcome = Outcome<AdAccountDayEvent, AdAccountDay>
type Done = Accepted<AdAccountDayEvent, AdAccountDay>
export type Rejected = Exclude<DayOutcome, Done>

export type Observer = (
  context: CommandContext,
  adAccountId: AdAccountId,
  page: readonly DatedReading[],
  /** Without a key of the sender's the command's id is no other request's, and there is nothing to claim. */
  options: { readonly hasKey: boolean },
) => Promise<Observed | Rejected>

const daysAtOnce = 8

/** Takes in pages of figures; no two rows of a page may be about the same. */
export function observer({
  store,
  accounts,
  handle,
}: {
  readonly store: EventStore
  readonly accounts: FoldedStreams<AdAccountEvent, AdAccount>
  readonly handle: Handle<Observe, AdAccountDayEvent, AdAccountDay>
}): Observer {
  /** A day that has more to say than one append may hold takes several; each is a command of its own. */
  const observeDay = async (context: CommandContext, command: Observe): Promise<Done[] | Rejected> => {
    const { adAccountId, date, rows } = command
    const done: Done[] = []
    for (;;) {
      const commandId = partId(context, date, done.length)
      const outcome = await handle({ id: dayId(adAccountId, date), command, context: { ...context, commandId } })
      if (!isDone(outcome)) return outcome
      done.push(outcome)
      if (saysAll(outcome.state, rows)) return done
    }
  }

  return async (context, adAccountId, page, { hasKey }) => {
    const { state: account } = await accounts.load(streamName('adAccount', context.tenantId, adAccountId))
    if (account === null || !reaches(context, account.clientId)) return noAccount(adAccountId)
    const { clientId, platform, currency } = account

    if (hasKey && !(await claimRequest(store, context, clientId, adAccountId))) return { type: 'key-reused' }

    const byDay = [...Map.groupBy(page, ({ date }) => date)]
    const outcomes = await inParallel(byDay, daysAtOnce, ([date, readings]) => {
      const rows = readings.map(({ key, measures }) => ({ key, measures }))
      return observeDay(context, { type: 'observe', adAccountId, clientId, platform, currency, date, rows })
    })
    const done: Done[] = []
    for (const outcome of outcomes) {
      if (!Array.isArray(outcome)) return outcome
      done.push(...outcome)
    }
    return sum(done, page.length)
  }
}

function dayId(adAccountId: AdAccountId, date: CalendarDate): string {
  return `${adAccountId}:${date}`
}

function partId({ commandId }: CommandContext, date: CalendarDate, part: number): string {
  return derivedId(commandId, `${date}/${part}`)
}

function isDone(outcome: DayOutcome): outcome is Done {
  return 'events' in outcome
}

function noAccount(id: AdAccountId): Rejected {
  return { type: 'refused', refusal: { refusal: 'not-found', detail: `There is no ad account ${id}.` }, revision: -1 }
}

function sum(done: readonly Done[], size: number): Observed {
  const events = done.flatMap((outcome) => outcome.events)
  const rowsIn = (type: AdAccountDayEvent['type']) =>
    events.reduce((total, event) => total + (event.type === type ? event.data.rows.length : 0), 0)
  const [observed, restated] = [rowsIn('MetricsObserved'), rowsIn('MetricsRestated')]
  const position = Math.max(...done.map((outcome) => outcome.position))
  return { type: 'observed', observed, restated, unchanged: size - observed - restated, position }
}
