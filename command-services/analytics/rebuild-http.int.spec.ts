import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const { ask, clientId, eventsOf, eventCount } = useService((config) => start({ ...config, ANALYTICS_PORT: 0 }))
const roles = ['operator'] as const
const path = '/v1/projections/campaign-list/rebuilds'

async function order(body: object = {}) {
  const ordered = await ask('POST', path, { roles, body })
  return { ordered, id: String(ordered.body.id) }
}

describe('orders about a rebuild', () => {
  test('are accepted of an operator, and recorded with who gave them and why', async () => {
    const { ordered, id } = await order({ workers: 2, reason: 'names in capitals' })
    expect(ordered).toMatchObject({ status: 202, body: { id, revision: 0 }, etag: '"0"' })
    expect(ordered.token).toMatch(/^events\.g1\./)
    for (const verb of ['pause', 'resume', 'verify', 'roll-back', 'retire', 'cancel'])
      expect(await ask('POST', `${path}/${id}/${verb}`, { roles, body: {} })).toMatchObject({ status: 202 })
    const body = { acceptDifference: 'ab'.repeat(32), reason: 'as announced' }
    const cutOver = await ask('POST', `${path}/${id}/cut-over`, { roles, body })
    expect(cutOver).toMatchObject({ status: 202, body: { id, revision: 7 } })

    const stored = await eventsOf(id)
    expect(stored.map(({ type }) => type)).toEqual([
      'RebuildRequested',
      'RebuildPaused',
      'RebuildResumed',
      'RebuildVerificationRequested',
      'RollBackRequested',
      'RetirementRequested',
      'RebuildCancelled',
      'CutOverRequested',
    ])
    expect(new Set(stored.map(({ metadata }) => metadata.actor))).toEqual(new Set(['ann']))
    const said = stored.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))
    const of = { rebuildId: id, model: 'campaign-list' }
    const requested = { definition: null, workers: 2, reason: 'names in capitals' }
    expect(said[0]).toEqual({ orderId: ordered.body.orderId, ...of, ...requested })
    const { acceptDifference: acceptedDifference, reason } = body
    expect(said.at(-1)).toEqual({ orderId: cutOver.body.orderId, ...of, acceptedDifference, reason })
  })

  test('are one order when the request is repeated with its key, and two without', async () => {
    const sent = { roles, body: {}, headers: { 'idempotency-key': randomUUID() } }
    const first = await ask('POST', path, sent)
    const again = await ask('POST', path, sent)
    expect([again.status, again.body, again.token]).toEqual([202, first.body, first.token])
    expect((await order()).id).not.toBe(first.body.id)
  })

  test('record nothing about a rebuild that was never ordered, of another role or for one client', async () => {
    const { id } = await order()
    const before = await eventCount()
    const answers = await Promise.all([
      ask('POST', `${path}/${randomUUID()}/pause`, { roles, body: {} }),
      ask('POST', `/v1/projections/ad-metrics/rebuilds/${id}/pause`, { roles, body: {} }),
      ask('POST', path, { roles: ['owner', 'service'], body: {} }),
      ask('POST', `${path}/${id}/cut-over`, { roles: ['owner'], body: {} }),
      ask('POST', path, { roles, clientId, body: {} }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 403, 403, 403])
    expect(await eventCount()).toBe(before)
  })

  test.each([
    ['', { workers: 0 }, '/workers'],
    ['', { workers: 17 }, '/workers'],
    ['', { definition: 0 }, '/definition'],
    ['', { reason: '' }, '/reason'],
    ['/cut-over', { acceptDifference: 'no digest' }, '/acceptDifference'],
    ['/cut-over', { acceptDifference: 'ab'.repeat(32) }, '/reason'],
  ])('%s with %j are refused by name', async (verb, body, pointer) => {
    const { id } = await order()
    const answer = await ask('POST', verb === '' ? path : `${path}/${id}${verb}`, { roles, body })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ in: 'body', pointer }] } })
  })
})
