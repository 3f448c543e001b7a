import type { RoutePolicy as Policy } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { testDeciderLaws } from '../testing/decider-laws.ts'
import { live } from '../testing/history.ts'
import { contradictions } from './contradictions.ts'
import { type RoutePolicyCommand, routePolicy } from './route-policy.ts'

const policyId = '019ab000-0000-4000-8000-000000000007'
const unchanged = { headers: [], body: [] }
const route = (prefix: string, changes: Partial<Policy['routes'][number]> = {}): Policy['routes'][number] => ({
  prefix,
  methods: [],
  service: 'campaigns',
  rewrite: null,
  maxBodyBytes: 1_000,
  timeoutMs: 1_000,
  limits: [],
  request: unchanged,
  answer: unchanged,
  ...changes,
})
const policy = (changes: Partial<Policy> = {}): Policy => ({
  routes: [route('/v1')],
  limits: [],
  plans: [],
  corsOrigins: [],
  ...changes,
})
const limit = (name: string) => ({ limit: name, per: 'user', requests: 1, seconds: 1, onOutage: 'allow' })
const plan = (name: string, ...tenants: string[]) => ({
  plan: name,
  tenants,
  requests: 1,
  per: 'day',
  onOutage: 'allow',
})
const say = (type: 'draft' | 'revise', title: string, said = policy()): RoutePolicyCommand => ({
  type,
  policyId,
  title,
  policy: said,
})
const step = (type: 'publish' | 'retire'): RoutePolicyCommand => ({ type, policyId })
const after = (...commands: RoutePolicyCommand[]) => live(routePolicy, commands).at(-1)?.after ?? routePolicy.initial

describe('a route policy', () => {
  test('is rewritten as often as one likes while it is a draft, and then no more', () => {
    const draft = after(say('draft', 'First'))
    expect(routePolicy.decide(say('revise', 'Second'), draft)).toMatchObject([{ type: 'RoutePolicyRevised' }])
    const other = policy({ corsOrigins: ['https://a.test'] })
    expect(routePolicy.decide(say('revise', 'First', other), draft)).toMatchObject([{ data: { policy: other } }])
    for (const later of [step('publish'), step('retire')]) {
      const there = after(say('draft', 'First'), later)
      expect(routePolicy.decide(say('revise', 'Second'), there)).toMatchObject({ refusal: 'illegal-step' })
      expect(routePolicy.decide(say('revise', 'First'), there)).toEqual([])
    }
    expect(routePolicy.clientOf(draft)).toBeNull()
  })

  test('is published as it is, once, and never again when it is retired', () => {
    expect(routePolicy.decide(step('publish'), after(say('draft', 'First')))).toEqual([
      { type: 'RoutePolicyPublished', data: { policyId } },
    ])
    const retired = after(say('draft', 'First'), step('publish'), step('retire'))
    expect(retired).toMatchObject({ state: 'retired' })
    expect(routePolicy.decide(step('publish'), retired)).toMatchObject({ refusal: 'illegal-step', state: 'retired' })
  })

  test('that was never written is not there', () => {
    for (const command of [say('revise', 'x'), step('publish'), step('retire')])
      expect(routePolicy.decide(command, null)).toMatchObject({ refusal: 'not-found' })
  })

  test.each<[string, Policy, string]>([
    ['two limits of one name', policy({ limits: [limit('a'), limit('a')] }), 'Two limits or plans are called a.'],
    ['a limit and a plan of one name', policy({ limits: [limit('a')], plans: [plan('a')] }), 'Two limits or plans'],
    ['two routes at one place', policy({ routes: [route('/v1'), route('/v1')] }), 'Two routes publish any method /v1.'],
    [
      'two routes for one method',
      policy({ routes: [route('/v1', { methods: ['GET', 'PUT'] }), route('/v1', { methods: ['PUT'] })] }),
      'Two routes publish PUT /v1.',
    ],
    ['two plans for a tenant', policy({ plans: [plan('a', 't'), plan('b', 't')] }), 'Two plans are for t.'],
    ['two plans for the rest', policy({ plans: [plan('a'), plan('b')] }), 'Two plans are for every other tenant.'],
    ['a limit that is not there', policy({ routes: [route('/v1', { limits: ['a'] })] }), 'names the limit a, which'],
    [
      'a limit that counts twice',
      policy({ limits: [limit('a')], routes: [route('/v1', { limits: ['a', 'a'] })] }),
      'names the limit a twice',
    ],
  ])('says nothing that contradicts itself: %s', (_, said, sentence) => {
    for (const before of [null, after(say('draft', 'First'))]) {
      const decision = routePolicy.decide(say(before === null ? 'draft' : 'revise', 'Wrong', said), before)
      expect(decision).toMatchObject({ refusal: 'invalid', detail: expect.stringContaining(sentence) })
    }
  })

  test('changes headers and bodies only in ways that can be carried out, and nothing that frames a message', () => {
    const header = (change: string, to: string | null) => ({ headers: [{ change, header: 'X-A', to }], body: [] })
    const json = (change: string, to: string | null) => ({ headers: [], body: [{ change, path: '/a', to }] })
    const faults = [
      [header('set', null), header('rename', null), header('rename', 'a b'), header('rename', 'Content-Length')],
      [json('set', null), json('set', '{'), json('move', null), json('move', 'b'), json('move', '')],
    ].flat()
    for (const request of faults)
      expect(contradictions(policy({ routes: [route('/v1', { request })] }))).toHaveLength(1)
    const fine = [
      [header('set', 'v'), header('remove', null), header('rename', 'X-B')],
      [json('set', '{"b":1}'), json('remove', null), json('move', '/b/c')],
    ].flat()
    for (const answer of fine) expect(contradictions(policy({ routes: [route('/v1', { answer })] }))).toEqual([])
  })

  testDeciderLaws(
    routePolicy,
    fc.oneof(
      fc.constantFrom(step('publish'), step('retire')),
      fc
        .tuple(
          fc.constantFrom('draft' as const, 'revise' as const),
          fc.constantFrom('A', 'B'),
          fc.constantFrom(
            policy(),
            policy({ corsOrigins: ['https://a.test'] }),
            policy({ plans: [plan('a'), plan('a')] }),
          ),
        )
        .map(([type, title, said]) => say(type, title, said)),
    ),
  )
})
