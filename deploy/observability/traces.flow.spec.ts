/** A system that is told of a collector, which is this test. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startCollector } from '../../packages/runtime/spec-support/collector.ts'
import { newAgency } from '../../tests/flow/agency.ts'
import { createCampaign } from '../../tests/flow/marketing.ts'
import { type OwnSystem, startOwnSystem } from '../../tests/flow/own-system.ts'
import { until } from '../../tests/flow/until.ts'

let collector: Awaited<ReturnType<typeof startCollector>>
let own: OwnSystem
beforeAll(async () => {
  collector = await startCollector()
  own = await startOwnSystem({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
}, 180_000)
afterAll(async () => {
  await own?.stop()
  await collector?.stop()
}, 60_000)

test("one trace holds a command's way from the request over Kafka to the rows", async () => {
  const agency = newAgency(own.system)
  const { id } = await createCampaign(agency, 'Traced')
  const traceId = 'a3ce929d0e0e47364bf92f3577b34da6'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
  const { token } = await agency.ask('POST', `/v1/campaigns/${id}/submit`, { body: {}, headers })
  await agency.ask('GET', '/v1/campaigns', { after: token, headers })

  const spans = () => collector.spans.filter((span) => span.traceId === traceId)
  const names = [
    'POST /v1/campaigns/{id}/submit',
    'append',
    'publish',
    'apply campaign-list',
    'apply campaign-timeline',
    'apply audit-trail',
  ]
  const wanted = [...names, 'GET /v1/campaigns'].sort()
  await until('all spans have come', 30_000, () => wanted.every((name) => spans().some((span) => span.name === name)))
  // A question that comes too early is asked again.
  expect(new Set(spans().map(({ name }) => name))).toEqual(new Set(wanted))

  const command = spans().find(({ name }) => name === names[0])
  expect(command?.parentSpanId).toBe('00f067aa0ba902b7')
  for (const name of names.slice(1))
    expect(spans().find((span) => span.name === name)?.parentSpanId).toBe(command?.spanId)
  expect(new Set(spans().map(({ process }) => process))).toEqual(new Set(['edge', 'flow']))
}, 90_000)
