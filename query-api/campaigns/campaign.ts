/** A campaign as the API answers it. */
import { Currency, Instant, Uuid } from '@bizosaas/http'
import type { CampaignRow, CampaignState } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { microsToDecimal } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Nullable } from '../nullable.ts'

export const campaignStates = [
  'draft',
  'inReview',
  'approved',
  'scheduled',
  'active',
  'paused',
  'completed',
  'archived',
  'cancelled',
] as const satisfies readonly CampaignState[]

export const State = Type.Enum(campaignStates)

const Day = Type.String({ format: 'date' })

export const Campaign = Type.Object(
  {
    id: Uuid,
    clientId: Uuid,
    name: Type.String(),
    objective: Nullable(Type.String()),
    state: State,
    budget: Nullable(Type.Object({ amount: Type.String(), currency: Currency }, { description: 'For its whole life' })),
    startsOn: Nullable(Day),
    endsOn: Nullable(Type.String({ format: 'date', description: 'Last day, inclusive' })),
    link: Nullable(
      Type.Object(
        { adAccountId: Uuid, platformCampaignId: Type.String() },
        { description: 'The campaign on the ad platform that carries it out' },
      ),
    ),
    revision: Type.Integer({ description: 'To be sent as `If-Match` with a command that must not overlook a change' }),
    createdAt: Instant,
    changedAt: Instant,
  },
  { title: 'Campaign' },
)
export type Campaign = Static<typeof Campaign>

/** The columns that `campaignOf` reads. */
export const campaignColumns =
  'id, client_id, name, objective, state, budget_micros, currency, starts_on, ends_on, ad_account_id, platform_campaign_id, revision, created_at, changed_at'

export function campaignOf(row: CampaignRow): Campaign {
  const { budget_micros, currency, ad_account_id, platform_campaign_id } = row
  return {
    id: row.id,
    clientId: row.client_id ?? '',
    name: row.name,
    objective: row.objective,
    state: row.state,
    budget: budget_micros === null || currency === null ? null : { amount: microsToDecimal(budget_micros), currency },
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    link:
      ad_account_id === null || platform_campaign_id === null
        ? null
        : { adAccountId: ad_account_id, platformCampaignId: platform_campaign_id },
    revision: row.revision,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}
