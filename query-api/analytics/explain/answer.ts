/** What can be asked of the difference of two reports, and how it is answered. */
import { Currency, Instant, Uuid } from '@bizosaas/http'
import { type Static, Type } from 'typebox'
import { answered } from '../../answer.ts'
import { writeCursor } from '../../cursor.ts'
import { decimalOfCount } from '../derived.ts'
import { decimalOfMicros, jsonInteger } from '../exact.ts'
import { MetricsFilter } from '../metrics-answer.ts'
import type { Amounts } from './amounts.ts'
import { causes } from './attribute.ts'
import type { Cell, CellKey, Part, PartEvent } from './cells.ts'
import { type Side, SideText } from './sides.ts'

const { asOf: _, version: __, ...filter } = MetricsFilter.properties
export const ExplainFilter = Type.Object({ left: SideText, right: SideText, ...filter })
export type ExplainFilter = Static<typeof ExplainFilter>

const amount = Type.Object({ amount: Type.String({ description: 'Decimal number' }), currency: Currency })
const Counted = Type.Object(
  {
    impressions: Type.Integer(),
    clicks: Type.Integer(),
    spend: amount,
    conversions: Type.Array(Type.Object({ type: Type.String(), count: Type.String(), revenue: amount })),
  },
  { title: 'Counted', description: 'Exact sums, to the millionth; those of a difference may be negative' },
)

export const ExplainedEvent = Type.Object(
  {
    eventId: Uuid,
    stream: Type.String(),
    position: Type.Integer({ description: 'Place in the history of everything' }),
    recordedAt: Instant,
    delta: Type.Union([Counted, Type.Null()], {
      description: 'What this event alone changed; null where several made the part together',
    }),
  },
  { title: 'ExplainedEvent' },
)

const shownEvents = 5

const members = {
  left: Counted,
  right: Counted,
  delta: Type.Object({ ...Counted.properties }, { description: '`right` less `left`' }),
  parts: Type.Array(
    Type.Object({
      cause: Type.Enum(causes, {
        description:
          'restated: the platform restated a row that was known on the left. late: a row was first observed in between. ' +
          'definition: the versions of the read model make other rows of the same event. ' +
          'ownChange: a campaign of ours was linked to another one on the platform',
      }),
      delta: Counted,
      events: Type.Object({
        count: Type.Integer(),
        items: Type.Array(ExplainedEvent, { description: `The first ${shownEvents}, in the order of their positions` }),
        next: Type.Union([Type.String(), Type.Null()], {
          description: 'The `cursor` of the others, for `/v1/metrics/explain/events`; null when these are all',
        }),
      }),
    }),
    { description: 'They add up to `delta`, exactly. Parts of nothing are left out' },
  ),
}

const ExplainedRow = Type.Object(
  {
    campaignId: Type.Optional(
      Type.Union([Uuid, Type.Null()], { description: 'Ours that is linked to the campaign on the platform' }),
    ),
    platformCampaignId: Type.Optional(Type.String()),
    adAccountId: Type.Optional(Uuid),
    day: Type.Optional(Type.String()),
    platform: Type.Optional(Type.String()),
    clientId: Type.Optional(Uuid),
    ...members,
  },
  { title: 'ExplainedRow' },
)

const Stands = Type.Object(
  {
    version: Type.Integer({ description: 'Of the read model' }),
    instant: Type.Optional(Instant),
    position: Type.Optional(Type.Integer()),
  },
  { description: 'What the side stands on: what was known in this version by this instant, or at this position' },
)

export const Explained = answered({
  left: Stands,
  right: Stands,
  rows: Type.Array(ExplainedRow, { description: 'Groups that differ; those that do not are left out' }),
  totals: Type.Array(Type.Object(members), { description: 'One for each currency' }),
})

export const ExplainedEvents = answered({
  items: Type.Array(ExplainedEvent),
  next: Type.Union([Type.String(), Type.Null()]),
})

export const standsOf = ({ version, moment }: Side): Static<typeof Stands> => ({ version, ...moment })

function counted(amounts: Amounts, currency: string): Static<typeof Counted> {
  const at = (measure: string) => amounts.get(measure) ?? 0n
  const types = [...amounts.keys()].flatMap((measure) => /^(?:count|value) (.*)$/s.exec(measure)?.[1] ?? [])
  return {
    impressions: jsonInteger(at('impressions')),
    clicks: jsonInteger(at('clicks')),
    spend: { amount: decimalOfMicros(at('spend')), currency },
    conversions: [...new Set(types)].sort().map((type) => ({
      type,
      count: decimalOfCount(at(`count ${type}`)),
      revenue: { amount: decimalOfMicros(at(`value ${type}`)), currency },
    })),
  }
}

/** @param difference of its sides */
export function cellAnswer({ name, key, left, right, parts }: Cell, difference: Amounts) {
  const of = (amounts: Amounts) => counted(amounts, key.currency)
  return {
    left: of(left),
    right: of(right),
    delta: of(difference),
    parts: parts.map(({ cause, amounts, events }) => ({
      cause,
      delta: of(amounts),
      events: {
        count: events.length,
        items: events.slice(0, shownEvents).map((event) => eventAnswer(event, key.currency)),
        next: events.length > shownEvents ? cursorAfter(name, cause, events[shownEvents - 1]) : null,
      },
    })),
  }
}

export const cursorAfter = (cell: string, cause: Part['cause'], event: PartEvent | undefined) =>
  writeCursor('explain', [cell, cause, event?.position ?? 0])

export const eventAnswer = ({ amounts, ...ref }: PartEvent, currency: string): Static<typeof ExplainedEvent> => ({
  ...ref,
  delta: amounts && counted(amounts, currency),
})

/** The members that are grouped by. */
export function groupAnswer({ campaignId, currency, ...key }: CellKey, byCampaign: boolean) {
  const named = Object.entries(key).filter(([, value]) => value !== null)
  return {
    ...(byCampaign && { campaignId }),
    ...(Object.fromEntries(named) as Partial<Record<keyof typeof key, string>>),
  }
}
