import type { AdAccountId, CalendarDate, CampaignId, Instant, Money } from '@bizosaas/schemas'
import { fold, type Owned } from '../../runner/projection.ts'
import { type CampaignEvent, type CampaignFold, campaignIdOf } from '../events.ts'

/** A campaign as it is now: our intent, not what a platform is set to or observes. */
export type CampaignRow = Owned & {
  readonly id: CampaignId
  readonly name: string
  readonly objective: string | null
  readonly state: CampaignState
  readonly budget_micros: number | null
  readonly currency: string | null
  readonly starts_on: CalendarDate | null
  /** Last day, inclusive. */
  readonly ends_on: CalendarDate | null
  readonly ad_account_id: AdAccountId | null
  readonly platform_campaign_id: string | null
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

export type CampaignState =
  | 'draft'
  | 'inReview'
  | 'approved'
  | 'scheduled'
  | 'active'
  | 'paused'
  | 'completed'
  | 'archived'
  | 'cancelled'

const on: CampaignFold<CampaignRow> = {
  CampaignCreated: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.campaignId,
    client_id: event.data.clientId,
    name: event.data.name,
    objective: event.data.objective,
    state: 'draft',
    budget_micros: null,
    currency: null,
    starts_on: null,
    ends_on: null,
    ad_account_id: null,
    platform_campaign_id: null,
    revision: event.revision,
    position: event.position,
    created_at: event.recordedAt,
    changed_at: event.recordedAt,
  }),
  CampaignRenamed: (row, event) => changed(row, event, { name: event.data.name }),
  CampaignSubmitted: (row, event) => changed(row, event, { state: 'inReview' }),
  CampaignApproved: (row, event) => changed(row, event, { state: 'approved' }),
  CampaignRejected: (row, event) => changed(row, event, { state: 'draft' }),
  CampaignScheduled: (row, event) =>
    changed(row, event, { state: 'scheduled', starts_on: event.data.startsOn, ends_on: event.data.endsOn }),
  CampaignActivated: (row, event) => changed(row, event, { state: 'active' }),
  CampaignPaused: (row, event) => changed(row, event, { state: 'paused' }),
  CampaignResumed: (row, event) => changed(row, event, { state: 'active' }),
  CampaignCompleted: (row, event) => changed(row, event, { state: 'completed' }),
  CampaignArchived: (row, event) => changed(row, event, { state: 'archived' }),
  CampaignCancelled: (row, event) => changed(row, event, { state: 'cancelled' }),
  BudgetAllocated: (row, event) => changed(row, event, budget(event.data.budget)),
  BudgetRevised: (row, event) => changed(row, event, budget(event.data.budget)),
  CampaignLinked: (row, event) =>
    changed(row, event, {
      ad_account_id: event.data.adAccountId,
      platform_campaign_id: event.data.platformCampaignId,
    }),
}

export const campaignList = fold<CampaignRow>({
  name: 'campaign-list',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: campaignIdOf,
  on,
})

function changed(row: CampaignRow | null, event: CampaignEvent, fields: Partial<CampaignRow>): CampaignRow {
  if (row === null) throw new Error(`${event.type} of a campaign that was never created.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}

function budget({ amountMicros, currency }: Money): Partial<CampaignRow> {
  return { budget_micros: amountMicros, currency }
}
