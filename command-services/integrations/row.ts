/** A row of figures as it is sent, and what it says in the words of the events. */
import { Amount, CalendarDate, Count, invalid, type Misfit } from '@bizosaas/http'
import { CalendarDate as Day, decimalToMicros, type Instant, nextDay } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Maybe, PlatformId } from '../shapes.ts'
import { rowId } from './ad-account-day.ts'
import type { DatedReading } from './observations.ts'

export const maxRows = 5_000

/** What a platform calls a dimension, a value of it, an action or an attribution window. */
const Label = Type.String({
  maxLength: 200,
  pattern: '^\\P{Cc}+$',
  description: 'a text of 1 to 200 characters, without control characters',
})

const Conversion = Type.Object({ type: Label, count: Amount, value: Type.Optional(Amount) }, { title: 'Conversion' })

export const Row = Type.Object(
  {
    date: CalendarDate,
    platformCampaignId: PlatformId,
    adSetId: Maybe(PlatformId),
    adId: Maybe(PlatformId),
    breakdown: Type.Optional(
      Type.Record(Label, Label, { maxProperties: 20, description: 'at most 20 dimensions, each with its value' }),
    ),
    attributionWindow: Type.Optional(Label),
    impressions: Count,
    clicks: Count,
    spend: Amount,
    conversions: Type.Array(Conversion, { maxItems: 100, description: 'at most 100 types of conversions' }),
  },
  { title: 'Row' },
)

type SentRow = Immutable<Static<typeof Row>>
type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T

/**
 * The readings of a page.
 *
 * @throws Problem that lists the rows which contradict each other or tell of the future
 */
export function readingsOf(rows: readonly SentRow[], now: Instant): DatedReading[] {
  // Somewhere on earth it is tomorrow already.
  const lastDay = nextDay(Day.parse(now.slice(0, 10)))
  const seen = new Map<string, number>()
  const misfits: Misfit[] = []
  const readings = rows.map((row, index) => {
    const reading = readingOf(row)
    const at = (field: string) => `/rows/${index}${field}`
    if (reading.date > lastDay) misfits.push(misfit(at('/date'), `must not be after ${lastDay}`))
    const types = new Set(row.conversions.map(({ type }) => type))
    if (types.size < row.conversions.length) misfits.push(misfit(at('/conversions'), 'must have each type once'))
    const id = `${reading.date} ${rowId(reading.key)}`
    const first = seen.get(id)
    if (first === undefined) seen.set(id, index)
    else misfits.push(misfit(at(''), `is about the same as /rows/${first}; send one of them`))
    return reading
  })
  if (misfits.length > 0) throw invalid(misfits)
  return readings
}

function readingOf(row: SentRow): DatedReading {
  const { platformCampaignId, adSetId = null, adId = null, breakdown = {}, attributionWindow = 'default' } = row
  return {
    date: Day.parse(row.date),
    key: { platformCampaignId, adSetId, adId, breakdown, attributionWindow },
    measures: {
      impressions: row.impressions,
      clicks: row.clicks,
      spendMicros: decimalToMicros(row.spend),
      conversions: row.conversions.map(({ type, count, value = '0' }) => ({
        type,
        countMicros: decimalToMicros(count),
        valueMicros: decimalToMicros(value),
      })),
    },
  }
}

function misfit(pointer: string, detail: string): Misfit {
  return { in: 'body', pointer, detail }
}
