import type { CampaignId, EventType } from '@bizosaas/schemas'
import type { FoldHandlers, Recorded, RowsHandlers } from '../runner/projection.ts'

/** Every event of a campaign's stream, by the names that this context gives them. */
export type CampaignEventType = Extract<EventType, `Campaign${string}` | `Budget${string}`>
export type CampaignEvent = Recorded<CampaignEventType>

/** Handler maps that leave no campaign event out: a new one is a compile error until it has its line. */
export type CampaignFold<R> = Required<Pick<FoldHandlers<R>, CampaignEventType>>
export type CampaignRows<R> = Required<Pick<RowsHandlers<R>, CampaignEventType>>

/**
 * The campaign that an event is about.
 * @throws if its stream is another campaign's: a row has one writer stream, and two would overwrite each other's rows, or
 *   hold up everybody's when they meet in one statement
 */
export function campaignIdOf(event: Recorded): CampaignId {
  const { campaignId } = (event as CampaignEvent).data
  if (!event.stream.endsWith(`.${campaignId}`))
    throw new Error(`An event of campaign ${campaignId} stands in the stream ${event.stream}.`)
  return campaignId
}
