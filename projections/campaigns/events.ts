import type { CampaignId, EventType } from '@bizosaas/schemas'
import type { FoldHandlers, Recorded, RowsHandlers } from '../runner/projection.ts'

/** Every event of a campaign's stream, by the names that this context gives them. */
export type CampaignEventType = Extract<EventType, `Campaign${string}` | `Budget${string}`>
export type CampaignEvent = Recorded<CampaignEventType>

/** Handler maps that leave no campaign event out: a new one is a compile error until it has its line. */
export type CampaignFold<R> = Required<Pick<FoldHandlers<R>, CampaignEventType>>
export type CampaignRows<R> = Required<Pick<RowsHandlers<R>, CampaignEventType>>

export function campaignIdOf(event: Recorded): CampaignId {
  return (event as CampaignEvent).data.campaignId
}
