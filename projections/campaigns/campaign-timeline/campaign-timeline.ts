import type { CampaignId, EventData, Instant } from '@bizosaas/schemas'
import { type Owned, rows } from '../../runner/projection.ts'
import { type CampaignEvent, type CampaignEventType, type CampaignRows, campaignIdOf } from '../events.ts'
import { inWords } from './wording.ts'

/** One event of a campaign: what, who and when. */
export type TimelineRow = Owned & {
  readonly campaign_id: CampaignId
  readonly revision: number
  readonly type: CampaignEventType
  /** In words. */
  readonly text: string
  readonly actor: string
  readonly recorded_at: Instant
  /** The event's own data. */
  readonly details: EventData[CampaignEventType]
  readonly position: number
  readonly event_id: string
}

const on: CampaignRows<TimelineRow> = {
  CampaignCreated: entry,
  CampaignRenamed: entry,
  CampaignSubmitted: entry,
  CampaignApproved: entry,
  CampaignRejected: entry,
  CampaignScheduled: entry,
  CampaignActivated: entry,
  CampaignPaused: entry,
  CampaignResumed: entry,
  CampaignCompleted: entry,
  CampaignArchived: entry,
  CampaignCancelled: entry,
  BudgetAllocated: entry,
  BudgetRevised: entry,
  CampaignLinked: entry,
}

export const campaignTimeline = rows<TimelineRow>({
  name: 'campaign-timeline',
  version: 1,
  store: 'postgres',
  table: new URL('./table.sql', import.meta.url),
  on,
})

function entry(event: CampaignEvent): readonly TimelineRow[] {
  return [
    {
      tenant_id: event.tenantId,
      campaign_id: campaignIdOf(event),
      revision: event.revision,
      client_id: event.clientId,
      type: event.type,
      text: inWords(event),
      actor: event.actor,
      recorded_at: event.recordedAt,
      details: event.data,
      position: event.position,
      event_id: event.eventId,
    },
  ]
}
