/**
 * What a platform says about one day of an ad account. It says it again and again, and differently, for weeks: a row of
 * figures that is new is observed, one that is not what it was is restated, one that is the same appends nothing. A row
 * that is left out of a later reading stays as it was.
 */
import type { Decider } from '@bizosaas/event-store'
import {
  type ClientId,
  type Conversion,
  type DomainEvent,
  type Measures,
  type MetricsObserved,
  metricsRowId,
  type Reading,
  type Restatement,
} from '@bizosaas/schemas'

export type AdAccountDayEvent = DomainEvent<'MetricsObserved' | 'MetricsRestated'>
export type Observe = { readonly type: 'observe' } & MetricsObserved

export interface AdAccountDay {
  readonly clientId: ClientId | null
  /** What is known of each row, by `metricsRowId`. */
  readonly rows: ReadonlyMap<string, Measures>
}

/** Of an event's data, as JSON. */
export const maxEventBytes = 100_000
/** So many of the largest are less than the 1 MiB that the event store takes at once. */
export const maxEventsAtOnce = 9

export const adAccountDay: Decider<Observe, AdAccountDayEvent, AdAccountDay> = {
  category: 'adAccountDay',
  initial: { clientId: null, rows: new Map() },
  clientOf: ({ clientId }) => clientId,

  /** If there is more to say than can be appended at once, this is the first part; observing the same again is the next. */
  decide({ type: _, rows, ...about }, day) {
    const seen = new Set<string>()
    const observed: Reading[] = []
    const restated: Restatement[] = []
    for (const { key, measures } of rows) {
      const id = metricsRowId(key)
      if (seen.has(id)) return { refusal: 'invalid', detail: `The row ${id} comes twice.` }
      seen.add(id)
      const before = day.rows.get(id)
      const after = inOrder(measures)
      if (before === undefined) observed.push({ key, measures: after })
      else if (!isSame(before, after)) restated.push({ key, before, after })
    }
    const roomForRows = maxEventBytes - sizeOf({ ...about, rows: [] })
    const events: AdAccountDayEvent[] = [
      ...parts(observed, roomForRows).map(
        (part) => ({ type: 'MetricsObserved', data: { ...about, rows: part } }) as const,
      ),
      ...parts(restated, roomForRows).map(
        (part) => ({ type: 'MetricsRestated', data: { ...about, rows: part } }) as const,
      ),
    ]
    return events.slice(0, maxEventsAtOnce)
  },

  evolve(day, event) {
    const rows = new Map(day.rows)
    for (const { key, measures } of readings(event)) rows.set(metricsRowId(key), measures)
    return { clientId: event.data.clientId, rows }
  },
}

/** Whether the day is known as the readings have it, so that observing them would append nothing. */
export function saysAll(day: AdAccountDay, rows: readonly Reading[]): boolean {
  return rows.every(({ key, measures }) => {
    const known = day.rows.get(metricsRowId(key))
    return known !== undefined && isSame(known, inOrder(measures))
  })
}

function readings(event: AdAccountDayEvent): readonly Reading[] {
  switch (event.type) {
    case 'MetricsObserved':
      return event.data.rows
    case 'MetricsRestated':
      return event.data.rows.map(({ key, after }) => ({ key, measures: after }))
  }
}

const byType = (one: Conversion, other: Conversion) => (one.type < other.type ? -1 : 1)

function inOrder(measures: Measures): Measures {
  return { ...measures, conversions: measures.conversions.toSorted(byType) }
}

function isSame(one: Measures, other: Measures): boolean {
  return (
    one.impressions === other.impressions &&
    one.clicks === other.clicks &&
    one.spendMicros === other.spendMicros &&
    one.conversions.length === other.conversions.length &&
    one.conversions.every((conversion, n) => isSameConversion(conversion, other.conversions[n]))
  )
}

function isSameConversion(one: Conversion, other: Conversion | undefined): boolean {
  return one.type === other?.type && one.countMicros === other.countMicros && one.valueMicros === other.valueMicros
}

/** The rows, cut so that none of the parts is larger than the room in bytes of JSON. A row of its own always fits. */
function parts<Row>(rows: readonly Row[], room: number): readonly (readonly Row[])[] {
  const cut: Row[][] = []
  let left = 0
  for (const row of rows) {
    const size = sizeOf(row) + 1 // its comma
    if (size > left) {
      cut.push([])
      left = room
    }
    cut.at(-1)?.push(row)
    left -= size
  }
  return cut
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
