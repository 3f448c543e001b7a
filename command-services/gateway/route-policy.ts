/**
 * What the gateway publishes. A policy is written as a draft, and published as it is:
 *
 *   draft → published → retired
 *
 * In force is the policy that was published last and is not retired: so publishing one puts it in place of the one before, and
 * retiring it brings that one back. Which one that is, is not known here, for each policy is a stream of its own.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import { canonical, type DomainEvent, type RoutePolicy as Policy, type RoutePolicyDrafted } from '@bizosaas/schemas'
import { contradictions } from './contradictions.ts'

export type RoutePolicyEvent = DomainEvent<
  'RoutePolicyDrafted' | 'RoutePolicyRevised' | 'RoutePolicyPublished' | 'RoutePolicyRetired'
>
export type RoutePolicyCommand =
  | ({ readonly type: 'draft' } & RoutePolicyDrafted)
  | ({ readonly type: 'revise' } & RoutePolicyDrafted)
  | { readonly type: 'publish' | 'retire'; readonly policyId: string }

export type RoutePolicyState = 'draft' | 'published' | 'retired'
/** Null before it is written. */
export type RoutePolicy = {
  readonly state: RoutePolicyState
  readonly title: string
  readonly policy: Policy
} | null

export const routePolicy: Decider<RoutePolicyCommand, RoutePolicyEvent, RoutePolicy> = {
  category: 'routePolicy',
  initial: null,
  clientOf: () => null,

  decide(command, there) {
    const { policyId } = command
    if (command.type === 'draft') return there === null ? written('RoutePolicyDrafted', command) : alreadyDone
    if (there === null) return { refusal: 'not-found', detail: `There is no route policy ${policyId}.` }
    if (command.type === 'revise') return revise(command, there)
    if (command.type === 'retire')
      return there.state === 'retired' ? alreadyDone : [{ type: 'RoutePolicyRetired', data: { policyId } }]
    if (there.state === 'draft') return [{ type: 'RoutePolicyPublished', data: { policyId } }]
    return there.state === 'published' ? alreadyDone : illegal('publish', there.state)
  },

  evolve(there, { type, data }) {
    if ('policy' in data) return { state: 'draft', title: data.title, policy: data.policy }
    return there && { ...there, state: type === 'RoutePolicyPublished' ? 'published' : 'retired' }
  },
}

function revise(command: RoutePolicyDrafted, there: NonNullable<RoutePolicy>) {
  if (isSame(command, there)) return alreadyDone
  return there.state === 'draft' ? written('RoutePolicyRevised', command) : illegal('revise', there.state)
}

function written(
  type: 'RoutePolicyDrafted' | 'RoutePolicyRevised',
  { policyId, title, policy }: RoutePolicyDrafted,
): readonly RoutePolicyEvent[] | Refusal {
  const [first, ...others] = contradictions(policy)
  if (first !== undefined) return { refusal: 'invalid', detail: first, others }
  return [{ type, data: { policyId, title, policy } }]
}

/** As they would be stored: the order in which a client writes members says nothing. */
function isSame({ policyId, ...said }: RoutePolicyDrafted, there: { title: string; policy: Policy }): boolean {
  const stored = ({ title, policy }: { title: string; policy: Policy }) =>
    JSON.stringify(canonical('RoutePolicyRevised', { policyId, title, policy }))
  return stored(said) === stored(there)
}

function illegal(verb: RoutePolicyCommand['type'], state: RoutePolicyState): Refusal {
  const remedy = state === 'retired' ? 'write another one' : 'only a draft can be rewritten'
  return { refusal: 'illegal-step', detail: `The route policy is ${state}: ${remedy}.`, state, verb }
}
