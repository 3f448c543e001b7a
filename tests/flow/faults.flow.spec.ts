/**
 * The parts are killed one after the other while figures are imported. What counts is the end: every page that was
 * answered is there once, and the read models are what an independent fold of the event store gives.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runOracleAtTheEnd } from '../oracle/run.ts'
import { type Agency, newAgency } from './agency.ts'
import { createCampaign, type Observed, type ObservedRow, observe, registerAccount, row } from './marketing.ts'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { until } from './until.ts'

const pages = 22
const rowsOfPage = 5_000
/** After which pages which part is killed; `flow` holds relay and runners. */
const kills: Record<number, string[]> = {
  1: ['flow'],
  4: ['kurrentdb'],
  7: ['clickhouse'],
  10: ['kafka'],
  13: ['flow'],
  15: ['postgres'],
  17: ['kurrentdb', 'flow'],
  19: ['clickhouse', 'kafka'],
}

let own: OwnSystem
let agency: Agency
beforeAll(async () => {
  own = await startOwnSystem()
  agency = newAgency(own.system)
}, 180_000)
afterAll(() => own?.stop(), 90_000)

test('read models equal the fold of history after parts were killed in the middle of an import of 110,000 rows', async () => {
  const account = await insist(() => registerAccount(agency, 'storm'))
  const campaigns = await Promise.all(['916', '936'].map((name) => insist(() => createCampaign(agency, name))))
  let token = ''
  const sums: Observed = { observed: 0, restated: 0, unchanged: 0 }
  for (let page = 0; page < pages; page++) {
    const answer = await insist(async () => {
      const given = await observe(agency, account, rowsOf(page), `page-${page}`)
      if (given.status !== 200) throw new Error(`${given.status} ${JSON.stringify(given.body)}`)
      return given
    })
    token = answer.token
    for (const key of ['observed', 'restated', 'unchanged'] as const) sums[key] += answer.body[key]
    await insist(() => renamed(agency, campaigns[page % 2]?.id ?? '', page))
    for (const part of kills[page] ?? []) own.kill(part)
  }
  // The last two pages say the first two again, with other figures in every second row.
  expect(sums).toEqual({ observed: 100_000, restated: 5_000, unchanged: 5_000 })

  await until('every part is back', 120_000, () => own.isWhole())
  await until('ClickHouse has the last page', 120_000, async () => {
    const { status } = await agency.ask('GET', '/v1/metrics', { after: token }).catch(() => ({ status: 0 }))
    return status === 200
  })
  const last = await insist(() => renamed(agency, campaigns[0]?.id ?? '', pages))
  await until('Postgres has the last command', 120_000, async () => {
    const seen = await Promise.all(
      ['/v1/campaigns', `/v1/campaigns/${campaigns[0]?.id}/timeline`].map((path) =>
        agency.ask('GET', path, { after: last }),
      ),
    )
    return seen.every(({ status }) => status === 200)
  })

  const verdict = await runOracleAtTheEnd(own.settings)
  if (!verdict.ok) throw new Error(verdict.summary)
  const rows = Object.fromEntries(verdict.tables.map((table) => [table.model, table.rows]))
  expect(rows).toMatchObject({ 'campaign-list': 2, 'ad-metrics': 105_000, 'ad-metrics/current': 100_000 })
}, 600_000)

/** 5,000 rows of one day each page; pages 20 and 21 say pages 0 and 1 again, with more clicks in every second row. */
const rowsOf = (page: number): ObservedRow[] =>
  Array.from({ length: rowsOfPage }, (_, n) => {
    const first = page % 20
    const restated = page >= 20 && n % 2 === 0
    return row({
      date: `2026-0${1 + Math.floor(first / 10)}-${10 + (first % 10)}`,
      platformCampaignId: `c${n % 7}`,
      adId: `ad-${n}`,
      impressions: 100 + n,
      clicks: (n % 50) + (restated ? 1 : 0),
      spend: `${n % 90}.${10 + (n % 90)}`,
      conversions: [{ type: 'total', count: String(n % 5) }],
    })
  })

const renamed = async ({ ask }: Agency, id: string, page: number): Promise<string> => {
  const { status, body, token } = await ask('POST', `/v1/campaigns/${id}/rename`, {
    body: { name: `After page ${page}` },
    headers: { 'idempotency-key': `rename-${page}` },
  })
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return token
}

/** Sends again what was not answered, as a client should; a fault that lasts is an error. */
const insist = async <Result>(send: () => Promise<Result>): Promise<Result> => {
  let result: Result | undefined
  let reason: unknown
  await until('the request is answered', 90_000, async () => {
    try {
      result = await send()
      return true
    } catch (error) {
      reason = error
      return false
    }
  }).catch((error) => {
    throw new Error(`${error.message}: ${reason}`)
  })
  return result as Result
}
