/**
 * The oracle is worth what it catches. Here rows and events of a whole system are spoiled, in the real databases and the
 * real event store, and it must name each place. Every spoiling is of a row of its own, so that all are told apart.
 */
import { randomUUID } from 'node:crypto'
import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { connectEventStore, type EventStore, type StoredEvent } from '@bizosaas/event-store'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newAgency } from '../flow/agency.ts'
import { type OwnSystem, startOwnSystem } from '../flow/own-system.ts'
import { runOracle, runOracleAtTheEnd, type Verdict } from './run.ts'
import { type Told, tell } from './told.ts'

let own: OwnSystem
let postgres: ReturnType<typeof connectPostgres>
let clickhouse: ReturnType<typeof connectClickHouse>
let store: EventStore
/** A tenant each for what is spoiled. */
let tenants: readonly Told[]

beforeAll(async () => {
  own = await startOwnSystem()
  const { settings } = own
  const limits = { name: 'oracle-test', connections: 2, statementTimeoutMs: 30_000 }
  postgres = connectPostgres(settings.POSTGRES_PROJECTOR_URL ?? '', limits)
  clickhouse = connectClickHouse(settings.CLICKHOUSE_PROJECTOR_URL ?? '', { name: 'oracle-test' })
  store = connectEventStore(settings.KURRENTDB_URL ?? '')
  tenants = await Promise.all(Array.from({ length: 4 }, () => tell(newAgency(own.system))))
}, 300_000)

afterAll(async () => {
  await Promise.all([postgres?.close(), clickhouse?.close(), store?.close()])
  await own?.stop()
}, 90_000)

const told = (index: number): Told => {
  const found = tenants[index]
  if (!found) throw new Error(`There is no tenant ${index}`)
  return found
}

const tableOf = ({ tables }: Verdict, model: string) => {
  const table = tables.find((each) => each.model === model)
  if (!table) throw new Error(`The verdict says nothing of ${model}`)
  return table
}

const differencesOf = (verdict: Verdict, model: string, tenant: string) =>
  tableOf(verdict, model).differences.filter((each) => each.tenant === tenant)

test('what is as history has it is found so', async () => {
  const { ok, summary, tables, decisions } = await runOracleAtTheEnd(own.settings)
  expect([ok, summary]).toEqual([true, expect.stringContaining('as history has it')])
  const rows = Object.fromEntries(tables.map((table) => [table.model, [table.tenants, table.rows]]))
  expect(rows).toMatchObject({ 'campaign-list': [4, 4], 'campaign-timeline': [4, 20], 'ad-metrics': [4, 12] })
  expect(rows['ad-metrics/current']).toEqual([4, 8])
  expect(decisions.events).toBe(4 * 9)
}, 180_000)

describe('where rows are spoiled, the oracle says no and names the place:', () => {
  const stranger = randomUUID()
  let verdict: Verdict

  const sql = (text: string, ...values: unknown[]) => postgres.query(text, values)
  const give = (from: string, to: string) =>
    sql('UPDATE read_model.campaign_list_v1 SET tenant_id = $2 WHERE tenant_id = $1', from, to)
  const budget = (by: number, id: string) =>
    sql('UPDATE read_model.campaign_list_v1 SET budget_micros = budget_micros + $1 WHERE id = $2', by, id)
  const later = (micros: number, id: string) =>
    sql(
      `UPDATE read_model.campaign_timeline_v1 SET recorded_at = recorded_at + $1 * interval '1 microsecond'
       WHERE campaign_id = $2 AND revision = 4`,
      micros,
      id,
    )
  const count = (by: number) =>
    sql(
      `UPDATE read_model.checkpoint SET applied = applied + $1
       WHERE model = 'campaign-list' AND partition =
         (SELECT min(partition) FROM read_model.checkpoint WHERE model = 'campaign-list' AND position >= 0)`,
      by,
    )
  const figuresOf = (account: string) => `ad_account_id = '${account}' AND ad_id = 'restated'`
  const forget = (account: string) =>
    clickhouse.command(`ALTER TABLE ad_metrics_v1 DELETE WHERE ${figuresOf(account)} SETTINGS mutations_sync = 2`)

  beforeAll(async () => {
    const [dropped, moved, changed, doubled] = [told(0), told(1), told(2), told(3)]
    const [kept] = await sql(
      'SELECT to_jsonb(c) AS row FROM read_model.campaign_list_v1 c WHERE id = $1',
      dropped.campaign,
    )
    const accounts = [figuresOf(dropped.account), figuresOf(doubled.account)].join(' OR ')
    await clickhouse.command(
      `CREATE TABLE kept ENGINE = MergeTree ORDER BY () AS SELECT * FROM ad_metrics_v1 WHERE ${accounts}`,
    )
    try {
      await sql('DELETE FROM read_model.campaign_list_v1 WHERE id = $1', dropped.campaign)
      await give(moved.tenant, stranger)
      await budget(1, changed.campaign)
      await later(1, changed.campaign)
      await count(-1)
      await forget(dropped.account)
      await clickhouse.command(
        `INSERT INTO ad_metrics_v1 SELECT * REPLACE (clicks + 1 AS clicks) FROM kept WHERE ${figuresOf(doubled.account)}`,
      )
      verdict = await runOracle(own.settings)
    } finally {
      await sql(
        `INSERT INTO read_model.campaign_list_v1
         SELECT * FROM jsonb_populate_record(null::read_model.campaign_list_v1, $1)`,
        (kept as { row: object }).row,
      )
      await give(stranger, moved.tenant)
      await budget(-1, changed.campaign)
      await later(-1, changed.campaign)
      await count(1)
      await forget(doubled.account)
      await clickhouse.command('INSERT INTO ad_metrics_v1 SELECT * FROM kept')
    }
  }, 180_000)

  test('a row that is missing', () => {
    const { tenant, campaign } = told(0)
    expect(differencesOf(verdict, 'campaign-list', tenant)).toEqual([
      expect.objectContaining({ key: campaign, expected: expect.objectContaining({ state: 'approved' }), found: null }),
    ])
    expect(verdict.ok).toBe(false)
    expect(verdict.summary).toContain('is missing')
  })

  test("a row that stands among another tenant's", () => {
    const found = (tenant: string) => differencesOf(verdict, 'campaign-list', tenant).map(({ found }) => found)
    expect(found(told(1).tenant)).toEqual([null])
    expect(found(stranger)).toEqual([expect.objectContaining({ id: told(1).campaign })])
  })

  test('a cell that is another, by a millionth', () => {
    const { tenant, campaign } = told(2)
    const [list] = differencesOf(verdict, 'campaign-list', tenant)
    expect(list).toMatchObject({ key: campaign, expected: { budget_micros: '1' }, found: { budget_micros: '2' } })
    expect(list?.events).toHaveLength(5)
    const [line] = differencesOf(verdict, 'campaign-timeline', tenant)
    expect([line?.key, Object.keys(line?.found ?? {})]).toEqual([`${campaign}/4`, ['recorded_at']])
  })

  test('an event that nobody has counted', () => {
    expect(tableOf(verdict, 'campaign-list').wrong).toEqual([expect.stringMatching(/^partition \d+ counts applied/)])
  })

  test('figures that are missing, and figures that were read in two ways', () => {
    const { tenant } = told(0)
    expect(differencesOf(verdict, 'ad-metrics', tenant).map(({ found }) => found)).toEqual([null, null])
    expect(differencesOf(verdict, 'ad-metrics/current', tenant).map(({ found }) => found)).toEqual([null])
    expect(differencesOf(verdict, 'ad-metrics', told(3).tenant)).not.toEqual([])
  })

  test('and nothing else, and nothing at all where it is as it was', async () => {
    expect(verdict.decisions.violations).toEqual([])
    expect(tableOf(verdict, 'campaign-list').differing).toBe(4)
    expect(tableOf(verdict, 'campaign-timeline').differing).toBe(1)
    const { ok, summary } = await runOracle(own.settings, { atCheckpoints: true })
    expect([ok, summary]).toEqual([true, expect.stringContaining('as history has it')])
  }, 90_000)
})

describe('where events are appended that no decider would have said, the oracle says no and names the rule:', () => {
  let verdict: Verdict
  let position: Record<'illegal' | 'doubled' | 'restated' | 'parked', number>

  const read = async (stream: string): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = []
    for await (const event of store.readStream(stream)) events.push(event)
    return events
  }
  const campaignOf = ({ tenant, campaign }: Told) => read(`campaign-${tenant}.${campaign}`)
  const dataOf = (event: StoredEvent | undefined) => JSON.parse(Buffer.from(event?.bytes ?? []).toString())

  /** Says the event once more at the end of its stream, with other data or as another command. */
  const again = async (event: StoredEvent | undefined, data: object, commandId: string = randomUUID()) => {
    if (!event) throw new Error('There is no such event')
    const { stream, type } = event
    const metadata = { ...(event.metadata as Record<string, string>), commandId }
    const expected = (await read(stream)).length - 1
    const appended = await store.append([{ stream, expected, events: [{ id: randomUUID(), type, data, metadata }] }])
    return appended.position
  }

  /** Says of a campaign that was never created what the event says; the campaign list can only park it. */
  const intoNothing = async (event: StoredEvent | undefined, campaignId: string) => {
    const { type = '', metadata = {} } = event ?? {}
    const said = { id: randomUUID(), type, data: { campaignId }, metadata: metadata as Record<string, string> }
    const stream = `campaign-${told(0).tenant}.${campaignId}`
    return (await store.append([{ stream, expected: 'no-stream', events: [said] }])).position
  }

  beforeAll(async () => {
    const submitted = (await campaignOf(told(0))).find(({ type }) => type === 'CampaignSubmitted')
    const [, allocated] = await campaignOf(told(1))
    const restated = (await read(`adAccountDay-${told(2).tenant}.${told(2).account}:2023-08-31`)).at(-1)
    const figures = dataOf(restated)
    figures.rows[0].before.clicks = 77
    figures.rows[0].after.clicks = 78
    position = {
      illegal: await again(submitted, dataOf(submitted)),
      doubled: await again(allocated, dataOf(allocated), String(allocated?.metadata.commandId)),
      restated: await again(restated, figures),
      parked: await intoNothing(submitted, randomUUID()),
    }
    verdict = await runOracleAtTheEnd(own.settings)
  }, 180_000)

  const rulesBrokenAt = (at: number) =>
    verdict.decisions.violations.filter((violation) => violation.position === at).map(({ rule }) => rule)

  test('an illegal transition', () => {
    expect(verdict.ok).toBe(false)
    expect(rulesBrokenAt(position.illegal)).toContain('the campaign is approved, not draft')
  })

  test('what its command said before', () => {
    expect(rulesBrokenAt(position.doubled)).toContainEqual(expect.stringMatching(/^command .* took effect twice$/))
  })

  test('a restatement of figures from what they never were', () => {
    expect(rulesBrokenAt(position.restated)).toContainEqual(expect.stringMatching(/^row 0: .* before, not /))
  })

  test('what happened to nothing; it is parked, and expected to be missing', () => {
    expect(rulesBrokenAt(position.parked)).toContain('the campaign was never created')
    expect(verdict.tables.filter(({ parked }) => parked > 0)).toEqual([
      expect.objectContaining({ model: 'campaign-list', parked: 1, equal: true }),
    ])
  })

  test('and only these, while the read models hold what history says, legal or not', () => {
    const places = new Set(verdict.decisions.violations.map((violation) => violation.position))
    expect(places).toEqual(new Set(Object.values(position)))
    for (const { model, equal } of verdict.tables) expect([model, equal]).toEqual([model, true])
  })
})
