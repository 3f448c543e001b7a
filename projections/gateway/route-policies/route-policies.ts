import type { Instant, RoutePolicy } from '@bizosaas/schemas'
import { type FoldHandlers, fold, type Owned, type Recorded } from '../../runner/projection.ts'

/** A route policy as it is now. In force is the published one with the highest `published_position`. */
export type RoutePolicyRow = Owned & {
  readonly id: string
  readonly title: string
  readonly state: 'draft' | 'published' | 'retired'
  readonly policy: RoutePolicy
  /** Where it was published; null before. */
  readonly published_position: number | null
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

type RoutePolicyEventType = 'RoutePolicyDrafted' | 'RoutePolicyRevised' | 'RoutePolicyPublished' | 'RoutePolicyRetired'
type RoutePolicyEvent = Recorded<RoutePolicyEventType>

const on: Required<Pick<FoldHandlers<RoutePolicyRow>, RoutePolicyEventType>> = {
  RoutePolicyDrafted: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.policyId,
    client_id: event.clientId,
    title: event.data.title,
    state: 'draft',
    policy: event.data.policy,
    published_position: null,
    revision: event.revision,
    position: event.position,
    created_at: event.recordedAt,
    changed_at: event.recordedAt,
  }),
  RoutePolicyRevised: (row, event) => changed(row, event, { title: event.data.title, policy: event.data.policy }),
  RoutePolicyPublished: (row, event) => changed(row, event, { state: 'published', published_position: event.position }),
  RoutePolicyRetired: (row, event) => changed(row, event, { state: 'retired' }),
}

export const routePolicies = fold<RoutePolicyRow>({
  name: 'route-policies',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: policyIdOf,
  on,
})

function changed(row: RoutePolicyRow | null, event: RoutePolicyEvent, fields: Partial<RoutePolicyRow>): RoutePolicyRow {
  if (row === null) throw new Error(`${event.type} of a route policy that was never written.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}

/** @throws if its stream is another policy's: a row has one writer stream */
function policyIdOf(event: Recorded): string {
  const { policyId } = (event as RoutePolicyEvent).data
  if (!event.stream.endsWith(`.${policyId}`))
    throw new Error(`An event of route policy ${policyId} stands in the stream ${event.stream}.`)
  return policyId
}
