import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { start } from './start.ts'

const service = useService((config) => start({ ...config, CAMPAIGNS_PORT: 0 }), { ownStore: true })
const { ask, clientId, node } = service

const commands = 1_200

test('while the event store hangs commands on one stream do not pile up, and what was answered with success is stored', async () => {
  const { body } = await ask('POST', '/v1/campaigns', { body: { clientId, name: 'Spring' } })
  const token = service.sign()
  const rename = (n: number | string) =>
    ask('POST', `/v1/campaigns/${body.id}/rename`, { body: { name: `Spring ${n}` }, token })
  node.pause()
  let isFirst = true
  const sent = Array.from({ length: commands }, async (_, n) => {
    const answer = await rename(n)
    // The first answer is a refusal, for nothing else can be answered while the store hangs.
    if (isFirst) expect(answer).toMatchObject({ status: 503, body: { type: '/problems/busy' } })
    isFirst = false
    return answer
  })
  await Promise.race(sent)
  node.resume()
  const answers = await Promise.all(sent)
  const accepted = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status === 503)
  expect(accepted.length + refused.length).toBe(commands)
  for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1')
  const busy = refused.filter(({ body: { type } }) => type === '/problems/busy')
  expect(busy.length).toBeGreaterThan(0)

  while ((await rename(`again ${randomUUID()}`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
  const stored = (await service.eventsOf(body.id)).length - 2
  expect(stored).toBeGreaterThanOrEqual(accepted.length)
  expect(stored).toBeLessThanOrEqual(accepted.length + refused.length - busy.length)
}, 60_000)
