/** Random histories and random changes of handlers, on the real databases; what differs is told a second time, by comparing all rows here. */
import type { TopicRecord } from '@bizosaas/kafka'
import { AdAccountId, CalendarDate, CampaignId, type TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { adMetrics } from '../../analytics/ad-metrics/ad-metrics.ts'
import { campaignList } from '../../campaigns/campaign-list/campaign-list.ts'
import { campaignTimeline } from '../../campaigns/campaign-timeline/campaign-timeline.ts'
import { advance } from '../../runner/advance.ts'
import type { FoldProjection, Projection, Recorded, Row, RowsProjection } from '../../runner/projection.ts'
import { modelName } from '../../runner/spec-support/databases.ts'
import { client1, client2, partitionLog, tenantA, tenantB, uuid } from '../../runner/spec-support/records.ts'
import { openVersions } from './spec-support/versions.ts'
import { verify } from './verify.ts'

let versions: Awaited<ReturnType<typeof openVersions>>

beforeAll(async () => {
  versions = await openVersions()
})

afterAll(() => versions.close())

/** What a changed handler does with some of the events. */
const effects = ['leave out', 'other cells', 'one more', 'nothing'] as const
const changes = fc.record({
  effect: fc.constantFrom(...effects),
  tenant: fc.constantFrom(tenantA, tenantB, null),
  /** Of four revisions, one. */
  revision: fc.integer({ min: 0, max: 3 }),
})
type Change = typeof changes extends fc.Arbitrary<infer Value> ? Value : never

const concerns = ({ tenant, revision }: Change, event: Recorded): boolean =>
  (tenant === null || event.tenantId === tenant) && event.revision % 4 === revision

function changedFold(projection: FoldProjection, change: Change): FoldProjection {
  const handle: FoldProjection['handle'] = (row, event) => {
    const next = projection.handle(row, event)
    if (next === null || !concerns(change, event)) return next
    if (change.effect === 'leave out') return null
    return change.effect === 'other cells' ? { ...next, objective: null, budget_micros: 7 } : next
  }
  return { ...projection, handle }
}

function changedRows(projection: RowsProjection, change: Change, other: (row: Row) => Row, more: (row: Row) => Row) {
  const handle: RowsProjection['handle'] = (event) => {
    const made = projection.handle(event)
    if (!concerns(change, event)) return made
    if (change.effect === 'leave out') return []
    if (change.effect === 'one more') return [...made, ...made.map(more)]
    return change.effect === 'other cells' ? made.map(other) : made
  }
  return { ...projection, handle }
}

const words = fc.constantFrom('', 'spring', 'summer "quoted"', 'ünï\\code', '1.0', '{}', 'null')
const steps = fc.array(
  fc.record({
    tenant: fc.constantFrom(tenantA, tenantB),
    n: fc.integer({ min: 1, max: 4 }),
    kind: fc.nat(4),
    word: words,
  }),
  { minLength: 1, maxLength: 25 },
)
type Step = typeof steps extends fc.Arbitrary<(infer Value)[]> ? Value : never

function campaignHistory(all: readonly Step[]): readonly TopicRecord[] {
  const { log, add } = partitionLog('events.g0', 0)
  const created = new Set<string>()
  for (const { tenant, n, kind, word } of all) {
    const campaignId = CampaignId.parse(uuid('1', n))
    const who = { tenantId: tenant, clientId: n % 2 === 0 ? client1 : client2, id: campaignId }
    if (!created.has(`${tenant} ${n}`)) {
      created.add(`${tenant} ${n}`)
      add('CampaignCreated', { campaignId, clientId: who.clientId, name: word, objective: word || null }, who)
    } else if (kind === 0) add('CampaignSubmitted', { campaignId }, who)
    else if (kind === 1)
      add('BudgetAllocated', { campaignId, budget: { amountMicros: n * 1e15, currency: 'EUR' } }, who)
    else add('CampaignRenamed', { campaignId, name: word }, who)
  }
  return log
}

function figureHistory(all: readonly Step[]): readonly TopicRecord[] {
  const { log, add } = partitionLog('observations.g0', 0)
  for (const { tenant, n, kind, word } of all) {
    const account = AdAccountId.parse(uuid('2', n))
    const date = CalendarDate.parse('2023-08-17')
    const rows = Array.from({ length: kind }, (_, ad) => ({
      key: {
        platformCampaignId: `${n}`,
        adSetId: null,
        adId: ad === 0 ? null : `${ad}`,
        breakdown: { age: word },
        attributionWindow: 'default',
      },
      measures: {
        impressions: 2 ** 53 - 1,
        clicks: kind,
        spendMicros: 1,
        conversions: [{ type: word, countMicros: 2, valueMicros: 0 }],
      },
    }))
    const day = { adAccountId: account, clientId: client1, platform: 'meta', currency: 'USD', date } as const
    add('MetricsObserved', { ...day, rows }, { tenantId: tenant, id: `${account}:${date}` })
  }
  return log
}

type Difference = { tenant_id: string; kind: string; key: Row; cells: Record<string, { old?: unknown; new?: unknown }> }

/** Row by row and cell by cell. */
function compareAll(old: readonly Row[], now: readonly Row[], key: readonly string[]): Difference[] {
  const idOf = (row: Row) => JSON.stringify(key.map((name) => row[name]))
  const before = new Map(old.map((row) => [idOf(row), row]))
  const after = new Map(now.map((row) => [idOf(row), row]))
  const found: Difference[] = []
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(id), after.get(id)]
    const row = other ?? one ?? {}
    const cells: Difference['cells'] = {}
    for (const name of Object.keys(row)) {
      if (key.includes(name)) continue
      if (one !== undefined && other !== undefined && JSON.stringify(one[name]) === JSON.stringify(other[name]))
        continue
      cells[name] = { ...(one && { old: one[name] }), ...(other && { new: other[name] }) }
    }
    const kind = one === undefined ? 'onlyNew' : other === undefined ? 'onlyOld' : 'changed'
    const named = key.filter((name) => name !== 'tenant_id').map((name) => [name, row[name]])
    if (Object.keys(cells).length > 0)
      found.push({ tenant_id: row.tenant_id as TenantId, kind, key: Object.fromEntries(named), cells })
  }
  return found
}

const sorted = (all: readonly object[]): string[] => all.map((each) => JSON.stringify(canonical(each))).sort()
const canonical = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .sort()
          .map(([name, inner]) => [name, canonical(inner)]),
      )

/** Fills two versions from one history, and compares them in both ways. */
async function expectRightVerdict(first: Projection, second: Projection, log: readonly TopicRecord[], key: string[]) {
  const name = modelName()
  const [old, now] = [
    { ...first, name, version: 1 },
    { ...second, name, version: 2 },
  ]
  try {
    const position = log.at(-1)?.position ?? -1
    for (const each of [old, now]) {
      const sink = await versions.open(each)
      const from = await versions.checkpoint(each)
      expect(await advance(each, sink, from, log, () => true)).toMatchObject({ type: 'moved', to: { position } })
    }
    await versions.publish(now, position)
    const verdict = await verify(versions.databases, now)
    const expected = compareAll(await versions.rows(old), await versions.rows(now), key)
    const found = await versions.differences(verdict)
    expect(sorted(found.map(({ tenant_id, kind, key: of, cells }) => ({ tenant_id, kind, key: of, cells })))).toEqual(
      sorted(expected),
    )
    const count = (kind: string) => expected.filter((each) => each.kind === kind).length
    expect(verdict).toMatchObject({
      against: 1,
      onlyOld: count('onlyOld'),
      onlyNew: count('onlyNew'),
      changed: count('changed'),
    })
    expect(verdict.difference === null).toBe(expected.length === 0)
    const tenants = await versions.tenants(verdict)
    const differing = new Set(expected.map(({ tenant_id }) => tenant_id))
    expect(tenants.filter((each) => each.digest_old !== each.digest_new).map((each) => each.tenant_id)).toEqual(
      [...differing].sort(),
    )
    for (const { stream, revision, event_id, position: at } of found) {
      const made = log.filter((record) =>
        stream === null ? record.eventId === event_id && record.position === at : record.stream === stream,
      )
      expect(made.map((record) => record.revision)).toContain(stream === null ? made[0]?.revision : revision)
    }
    // Said again, it is the same.
    expect((await verify(versions.databases, now)).difference).toBe(verdict.difference)
  } finally {
    await versions.drop(name)
  }
}

describe('after random changes of handlers, what is found to differ is what differs', () => {
  const runs = { numRuns: 25 }

  test(
    'in rows that are folded',
    () =>
      fc.assert(
        fc.asyncProperty(steps, changes, changes, (all, one, other) =>
          expectRightVerdict(
            changedFold(campaignList as FoldProjection, one),
            changedFold(campaignList as FoldProjection, other),
            campaignHistory(all),
            ['tenant_id', 'id'],
          ),
        ),
        runs,
      ),
    180_000,
  )

  test(
    'in rows that are only inserted into Postgres',
    () =>
      fc.assert(
        fc.asyncProperty(steps, changes, changes, (all, one, other) => {
          const [first, second] = [one, other].map((change) =>
            changedRows(
              campaignTimeline as RowsProjection,
              change,
              (row) => ({ ...row, text: `${row.text}!`, details: { n: 1.5, of: null } }),
              (row) => ({ ...row, revision: Number(row.revision) + 1000 }),
            ),
          ) as [Projection, Projection]
          return expectRightVerdict(first, second, campaignHistory(all), ['tenant_id', 'campaign_id', 'revision'])
        }),
        runs,
      ),
    180_000,
  )

  test(
    'in rows that are only inserted into ClickHouse',
    () =>
      fc.assert(
        fc.asyncProperty(steps, changes, changes, (all, one, other) => {
          const [first, second] = [one, other].map((change) =>
            changedRows(
              adMetrics as RowsProjection,
              change,
              (row) => ({ ...row, clicks: Number(row.clicks) + 1, ad_id: 'other', breakdown: {} }),
              (row) => ({ ...row, ordinal: Number(row.ordinal) + 1000 }),
            ),
          ) as [Projection, Projection]
          return expectRightVerdict(first, second, figureHistory(all), [
            ...['tenant_id', 'date', 'ad_account_id', 'platform_campaign_id', 'row_key', 'position', 'ordinal'],
          ])
        }),
        { numRuns: 10 },
      ),
    180_000,
  )
})
