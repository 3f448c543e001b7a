import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const service = useService((config) => start({ ...config, CAMPAIGNS_PORT: 0 }), { ownStore: true })
const { ask, clientId, node } = service

test('while the event store is away commands answer 503, and once it is back the same request is carried out once', async () => {
  const create = { body: { clientId, name: 'Spring' }, headers: { 'idempotency-key': randomUUID() } }
  const { body } = await ask('POST', '/v1/campaigns', create)
  const submit = { headers: { 'idempotency-key': randomUUID() } }
  await node.kill()
  for (const away of [
    await ask('POST', `/v1/campaigns/${body.id}/submit`, submit),
    await ask('POST', '/v1/campaigns', create),
    await ask('POST', `/v1/campaigns/${randomUUID()}/submit`),
  ]) {
    expect(away).toMatchObject({ status: 503, body: { type: '/problems/store-unavailable' } })
    expect(away.headers.get('retry-after')).toBe('1')
    expect(JSON.stringify(away.body)).not.toMatch(/ECONNREFUSED|127\.0\.0\.1/)
  }
  expect(await ask('GET', '/readyz')).toMatchObject({ status: 503 })

  await node.start()
  expect(await ask('POST', `/v1/campaigns/${body.id}/submit`, submit)).toMatchObject({ status: 200, etag: '"1"' })
  expect(await ask('POST', '/v1/campaigns', create)).toMatchObject({ status: 201, body })
  expect(await ask('GET', '/readyz')).toMatchObject({ status: 200 })
  expect(await service.eventsOf(body.id)).toHaveLength(2)
}, 30_000)
