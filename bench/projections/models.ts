/**
 * The read models that are measured: those of the system under names of the bench's own, so that it meets nobody's tables,
 * checkpoints or consumer groups.
 */
import { adMetrics } from '@bizosaas/projections/analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '@bizosaas/projections/campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from '@bizosaas/projections/campaigns/campaign-timeline/campaign-timeline.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'

export const models = {
  'campaign list': { ...campaignList, name: 'bench-campaign-list' },
  'campaign timeline': { ...campaignTimeline, name: 'bench-campaign-timeline' },
  'ad metrics': { ...adMetrics, name: 'bench-ad-metrics' },
} as const satisfies Record<string, Projection>

export type ModelName = keyof typeof models
