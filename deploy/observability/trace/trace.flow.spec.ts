import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connectPostgres } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { readSettings } from '@bizosaas/runtime'
import { beforeAll, expect, test } from '@jest/globals'
import { type Agency, newAgency } from '../../../tests/flow/agency.ts'
import { createCampaign } from '../../../tests/flow/marketing.ts'
import { until } from '../../../tests/flow/until.ts'
import { findCommand } from './find.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const run = promisify(execFile)
const trace = async (what: string) => (await run(process.execPath, [main, what])).stdout

/** Of this run alone, for the system may have seen others. */
const traceId = randomUUID().replaceAll('-', '')
const requestId = `trace-${traceId.slice(0, 8)}`
let agency: Agency
let commandId: string
let token: string
let stream: string

beforeAll(async () => {
  agency = newAgency()
  const { id } = await createCampaign(agency, 'To be traced')
  const headers = { 'x-request-id': requestId, traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
  const done = await agency.ask('POST', `/v1/campaigns/${id}/submit`, { body: {}, headers })
  commandId = done.headers.get('x-command-id') ?? ''
  token = done.token
  stream = `campaign-${agency.tenantId}.${id}`
})

test("a command's way is told from its id: what it recorded, and how far each model is with that", async () => {
  expect(commandId).toMatch(/^[0-9a-f-]{36}$/)
  await until('both models have it', 40_000, async () =>
    /campaign-list v[0-9]+ {2}applied[\s\S]*campaign-timeline v[0-9]+ {2}applied/.test(await trace(token)),
  )
  const told = await trace(commandId)
  for (const [name, value] of Object.entries({
    command: commandId,
    tenant: agency.tenantId,
    request: requestId,
    trace: traceId,
  }))
    expect(told).toMatch(new RegExp(`^${name} +${value}$`, 'm'))
  expect(told).toMatch(new RegExp(`^└─ appended  CampaignSubmitted  ${stream} @1  position \\d+  event `, 'm'))
  expect(told).toMatch(/^ {3}├─ published \+[\d.]+ m?s {2}events\.g1\[\d+\] {2}row \d+ of the ledger, relay \d+$/m)
  expect(told).toMatch(/^ {3}[├└]─ campaign-list v\d+ {2}applied (at the latest )?\+[\d.]+ m?s$/m)
}, 60_000)

test('the same is found by the event, the request, the trace, the stream and the consistency token', async () => {
  const { KURRENTDB_URL, POSTGRES_QUERY_URL, TOPIC_GENERATION } = readSettings(
    ['KURRENTDB_URL', 'POSTGRES_QUERY_URL', 'TOPIC_GENERATION'],
    process.env,
  )
  const store = connectEventStore(KURRENTDB_URL)
  const db = connectPostgres(POSTGRES_QUERY_URL, { name: 'trace spec', connections: 2, statementTimeoutMs: 15_000 })
  try {
    const found = async (what: string) =>
      (await findCommand(store, db, TOPIC_GENERATION, what)).map(({ id, stream, type }) => ({ id, stream, type }))
    const events = await found(commandId)
    expect(events).toEqual([{ id: expect.any(String), stream, type: 'CampaignSubmitted' }])
    for (const what of [events[0]?.id ?? '', requestId, traceId, stream, token])
      expect(await found(what)).toEqual(events)
    expect(await found('campaign')).toEqual([])
  } finally {
    await Promise.all([store.close(), db.close()])
  }
}, 60_000)

test('what names no event is told in one sentence', async () => {
  const failed = await trace('0198c0de-0000-4000-8000-00000000dead').catch(
    (error: { code: number; stderr: string }) => error,
  )
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('No event names 0198c0de') })
}, 60_000)
