import { adMetrics } from './analytics/ad-metrics/ad-metrics.ts'
import { parkingOrders } from './analytics/parking-orders/parking-orders.ts'
import { rebuildOrders } from './analytics/rebuild-orders/rebuild-orders.ts'
import { campaignList } from './campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from './campaigns/campaign-timeline/campaign-timeline.ts'
import { routePolicies } from './gateway/route-policies/route-policies.ts'
import type { Projection } from './runner/projection.ts'
import { applicationList } from './users/application-list/application-list.ts'
import { auditTrail } from './users/audit-trail/audit-trail.ts'
import { memberships } from './users/memberships/memberships.ts'
import { roleList } from './users/role-list/role-list.ts'
import { sessionList } from './users/session-list/session-list.ts'
import { tenantList } from './users/tenant-list/tenant-list.ts'
import { userList } from './users/user-list/user-list.ts'

/** Every read model of the system. */
export const projections: readonly Projection[] = [
  campaignList,
  campaignTimeline,
  adMetrics,
  parkingOrders,
  rebuildOrders,
  routePolicies,
  userList,
  memberships,
  tenantList,
  roleList,
  applicationList,
  sessionList,
  auditTrail,
]
