/** A row of figures as it is sent, and what it says in the words of the events. */
import { Amount, CalendarDate, Count, invalid, type Misfit } from '@bizosaas/http'
import { CalendarDate as Day, decimalToMicros, type Instant, metricsRowId, nextDay } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Label, Maybe, PlatformId } from '../shapes.ts'
import type { DatedReading } from './observations.ts'

export const maxRows = 5_000

/** The first day that is taken in: no platform tells of days before it. */
const firstDay = Day.parse('2000-01-01')

const NotNegative = Type.String({
  format: 'amount',
  pattern: '^\\d',
  maxLength: 20,
  description: 'a decimal number in text from 0 to 9007199254.740991, with at most 6 decimals',
})

const Conversion = Type.Object(
  { type: Label, count: NotNegative, value: Type.Optional(Amount) },
  { title: 'Conversion' },
)

const Breakdown = Type.Record(Type.String({ pattern: '^[A-Za-z][\\w.:-]{0,63}$' }), Label, {
  maxProperties: 10,
  additionalProperties: false,
  description: 'at most 10 dimensions, each with its value',
})

// The bounds keep a row that is restated, in whatever script it is written, well below what an event may hold.
export const Row = Type.Object(
  {
    date: CalendarDate,
    platformCampaignId: PlatformId,
    adSetId: Maybe(PlatformId),
    adId: Maybe(PlatformId),
    breakdown: Type.Optional(Breakdown),
    attributionWindow: Type.Optional(Label),
    impressions: Count,
    clicks: Count,
    spend: NotNegative,
    conversions: Type.Array(Conversion, { maxItems: 50, description: 'at most 50 types of conversions' }),
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
 * @throws Problem that lists the rows which contradict each other, or are about a day that nobody can know
 */
export function readingsOf(rows: readonly SentRow[], now: Instant): DatedReading[] {
  // Somewhere on earth it is tomorrow already.
  const lastDay = nextDay(Day.parse(now.slice(0, 10)))
  const misfits: Misfit[] = []
  const complain = (index: number, field: string, detail: string) => {
    misfits.push({ in: 'body', pointer: `/rows/${index}${field}`, detail })
  }
  const firstOf = new Map<string, number>()
  const readings = rows.map((row, index) => {
    const reading = readingOf(row)
    const { date, key } = reading
    if (date > lastDay) complain(index, '/date', `must not be after ${lastDay}: it has not come yet`)
    if (date < firstDay) complain(index, '/date', `must not be before ${firstDay}`)
    const types = new Set(row.conversions.map(({ type }) => type))
    if (types.size < row.conversions.length) complain(index, '/conversions', 'must have each type once')
    const id = `${date} ${metricsRowId(key)}`
    const first = firstOf.get(id)
    if (first === undefined) firstOf.set(id, index)
    else complain(index, '', `is about the same as /rows/${first}: send one of them`)
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
