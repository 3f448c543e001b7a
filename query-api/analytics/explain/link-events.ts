/** Which of our campaigns were linked to another one on a platform between two moments, and by which events. */
import type { Queryable } from '@bizosaas/databases'
import { type CampaignId, type Instant, streamName, type TenantId } from '@bizosaas/schemas'
import { isKnown, type Moment } from '../../past/moment.ts'
import type { EventRef } from './attribute.ts'

interface LinkRow {
  readonly campaign_id: CampaignId
  readonly event_id: string
  readonly position: number
  readonly recorded_at: Instant
}

/** By the id of the campaign: the events that were known at one of the moments and not at the other. */
export async function linkEvents(
  tx: Queryable,
  timeline: string,
  tenantId: TenantId,
  [left, right]: readonly [Moment, Moment],
): Promise<ReadonlyMap<string, readonly EventRef[]>> {
  const rows = await tx.query<LinkRow>(
    `SELECT campaign_id, event_id, position, recorded_at FROM read_model.${timeline} WHERE type = 'CampaignLinked' ORDER BY position`,
  )
  const between = rows.filter((row) => {
    const event = { position: row.position, recordedAt: row.recorded_at }
    return isKnown(left, event) !== isKnown(right, event)
  })
  const refs = between.map((row): [string, EventRef] => [
    row.campaign_id,
    {
      eventId: row.event_id,
      stream: streamName('campaign', tenantId, row.campaign_id),
      position: row.position,
      recordedAt: row.recorded_at,
    },
  ])
  const byCampaign = Map.groupBy(refs, ([id]) => id)
  return new Map([...byCampaign].map(([id, of]) => [id, of.map(([, ref]) => ref)]))
}
