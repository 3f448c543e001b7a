import { adMetrics } from './analytics/ad-metrics/ad-metrics.ts'
import { parkingOrders } from './analytics/parking-orders/parking-orders.ts'
import { campaignList } from './campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from './campaigns/campaign-timeline/campaign-timeline.ts'
import type { Projection } from './runner/projection.ts'

/** Every read model of the system. */
export const projections: readonly Projection[] = [campaignList, campaignTimeline, adMetrics, parkingOrders]
