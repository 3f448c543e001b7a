/** What can be asked of figures, and how it is answered. */
import { CalendarDate, Currency, Uuid } from '@bizosaas/http'
import { type Static, Type } from 'typebox'
import { answered } from '../answer.ts'
import { State } from '../campaigns/campaign.ts'
import { After } from '../consistency.ts'
import { MomentText } from '../past/moment.ts'
import { VersionName } from '../past/named-version.ts'
import { type Dimension, dimensions } from './metrics-query.ts'

const amount = Type.Object({ amount: Type.String({ description: 'Decimal number' }), currency: Currency })
const amountOrNull = Type.Union([amount, Type.Null()])
const ratioOrNull = Type.Union([Type.Number(), Type.Null()])

const figureMembers = {
  impressions: Type.Integer(),
  clicks: Type.Integer(),
  spend: amount,
  ctr: ratioOrNull,
  cpc: amountOrNull,
  cpm: amountOrNull,
  conversions: Type.Array(
    Type.Object({
      type: Type.String(),
      count: Type.String({ description: 'Decimal number: platforms attribute fractions of a conversion' }),
      revenue: amount,
      cpa: amountOrNull,
      cvr: ratioOrNull,
      roas: ratioOrNull,
    }),
    { description: 'By type. Types overlap, so they are not to be added up' },
  ),
  provisional: Type.Boolean({ description: 'The platform may still revise these figures' }),
}

export const MetricsRow = Type.Object(
  {
    campaign: Type.Optional(
      Type.Union([Type.Object({ id: Uuid, name: Type.String(), state: State }), Type.Null()], {
        description: 'Ours that is linked to the campaign on the platform; null when none is',
      }),
    ),
    platformCampaignId: Type.Optional(Type.String()),
    adAccountId: Type.Optional(Uuid),
    day: Type.Optional(CalendarDate),
    platform: Type.Optional(Type.String()),
    clientId: Type.Optional(Uuid),
    ...figureMembers,
  },
  { title: 'MetricsRow', description: 'Members that are not grouped by are left out' },
)

export const MetricsFilter = Type.Object({
  groupBy: Type.Optional(
    Type.Array(Type.Enum(Object.keys(dimensions) as Dimension[]), {
      uniqueItems: true,
      description: 'With commas between; without it there are totals only',
    }),
  ),
  from: Type.Optional(CalendarDate),
  to: Type.Optional(CalendarDate),
  campaignId: Type.Optional(Uuid),
  asOf: Type.Optional(MomentText),
  version: Type.Optional(VersionName),
  after: Type.Optional(After),
})

export const Metrics = answered({
  rows: Type.Array(MetricsRow),
  totals: Type.Array(Type.Object(figureMembers), { description: 'One for each currency' }),
})

export type MetricsRow = Static<typeof MetricsRow>
export type MetricsFilter = Static<typeof MetricsFilter>
