import { type Accepted, commandIdOf, derivedId, type Handle } from '@bizosaas/event-store'
import {
  answerCommand,
  Count,
  commandContext,
  type Immutable,
  Problem,
  post,
  put,
  type Request,
  type Route,
  Uuid,
} from '@bizosaas/http'
import { type RoutePolicy as Policy, streamName, type TenantId } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import type { RoutePolicy, RoutePolicyCommand, RoutePolicyEvent } from './route-policy.ts'
import { PolicyBody } from './shapes.ts'

const megabyte = 1024 * 1024

const PolicyNow = Type.Object({ id: Uuid, state: Type.String(), revision: Count }, { title: 'RoutePolicyNow' })

/** Which request is which command. A policy is everybody's, so only who runs the system has a say in it. */
export function routePolicyRoutes(
  handle: Handle<RoutePolicyCommand, RoutePolicyEvent, RoutePolicy>,
  tokenOf: TokenOf,
  platform: TenantId,
): readonly Route[] {
  const send = async (request: Request, commandOf: (newId: string) => RoutePolicyCommand) => {
    const context = commandContext(request, commandIdOf)
    if (context.tenantId !== platform || context.clientIds !== null)
      throw new Problem(
        'forbidden',
        'A route policy is a matter of those who run the system, and of their tenant alone.',
      )
    const command = commandOf(derivedId(context.commandId, 'routePolicy'))
    const id = command.policyId
    const outcome = await handle({ id, command, context, ifMatch: request.ifMatch })
    return answerCommand(outcome, {
      body: ({ revision, state }: Accepted<RoutePolicyEvent, RoutePolicy>) => ({
        id,
        state: state?.state ?? 'draft',
        revision,
      }),
      token: tokenOf(streamName('routePolicy', context.tenantId, id)),
      ...(command.type === 'draft' ? { location: `/v1/route-policies/${id}` } : {}),
    })
  }

  const draft = post('/v1/route-policies', {
    may: 'routePolicy:draft',
    summary: 'Write a route policy down',
    description: 'It does nothing until it is published.',
    body: PolicyBody,
    limit: megabyte,
    answer: PolicyNow,
    status: 201,
    run: (request) => send(request, (policyId) => ({ type: 'draft', policyId, ...said(request.body) })),
  })

  const revise = put('/v1/route-policies/{id}', {
    may: 'routePolicy:revise',
    summary: 'Write the draft of a route policy anew',
    body: PolicyBody,
    limit: megabyte,
    answer: PolicyNow,
    run: (request) => send(request, () => ({ type: 'revise', policyId: request.params.id, ...said(request.body) })),
  })

  const publish = post('/v1/route-policies/{id}/publish', {
    may: 'routePolicy:publish',
    summary: 'Put a route policy in force',
    description: 'In place of the one before, on all gateways, within seconds and without a restart.',
    answer: PolicyNow,
    run: (request) => send(request, () => ({ type: 'publish', policyId: request.params.id })),
  })

  const retire = post('/v1/route-policies/{id}/retire', {
    may: 'routePolicy:retire',
    summary: 'Put a route policy out of force',
    description: 'The one that was published before it and is not retired holds again; if there is none, the default.',
    answer: PolicyNow,
    run: (request) => send(request, () => ({ type: 'retire', policyId: request.params.id })),
  })

  return [draft, revise, publish, retire]
}

type Said = Immutable<Static<typeof PolicyBody>>

const unchanged = { headers: [], body: [] }

/** What the request says, and what holds where it says nothing. */
function said({ title, policy }: Said): { title: string; policy: Policy } {
  const { routes, limits = [], plans = [], corsOrigins = [] } = policy
  return {
    title: title.trim(),
    policy: {
      routes: routes.map((route) => ({
        prefix: route.prefix,
        methods: route.methods ?? [],
        service: route.service,
        rewrite: route.rewrite ?? null,
        maxBodyBytes: route.maxBodyBytes ?? 8 * megabyte,
        timeoutMs: route.timeoutMs ?? 35_000,
        limits: route.limits ?? [],
        request: transformation(route.request),
        answer: transformation(route.answer),
      })),
      limits: limits.map((limit) => ({ ...limit, onOutage: limit.onOutage ?? 'allow' })),
      plans: plans.map((plan) => ({ ...plan, tenants: plan.tenants ?? [], onOutage: plan.onOutage ?? 'allow' })),
      corsOrigins,
    },
  }
}

function transformation(changes: Said['policy']['routes'][number]['request'] = unchanged) {
  return {
    headers: (changes.headers ?? []).map((change) => ({ ...change, to: change.to ?? null })),
    body: (changes.body ?? []).map((change) => ({ ...change, to: change.to ?? null })),
  }
}
