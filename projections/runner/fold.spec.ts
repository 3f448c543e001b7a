import { CampaignId, TenantId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { foldBatch, type RowsByKey } from './fold.ts'
import { itemsOf } from './items.ts'
import type { Row } from './projection.ts'
import { nameList, poison } from './spec-support/name-list.ts'
import { client1, partitionLog, tenantA, uuid } from './spec-support/records.ts'

const projection = nameList()
const nothing = { streams: new Set<string>(), items: new Map() }
const campaign = (n: number) => CampaignId.parse(uuid('1', n))

/** Events of some campaigns of some tenants, created, renamed and archived in any order, some of them poison. */
const history = fc
  .array(
    fc.record({
      tenant: fc.nat(1),
      campaign: fc.nat(3),
      type: fc.constantFrom('CampaignCreated', 'CampaignRenamed', 'CampaignArchived', 'CampaignSubmitted'),
      name: fc.oneof({ weight: 9, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.constant(poison) }),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const partition = partitionLog()
    for (const { tenant, campaign: n, type, name } of steps) {
      const campaignId = campaign(n)
      const place = { tenantId: TenantId.parse(uuid('a', tenant)), id: campaignId }
      if (type === 'CampaignCreated')
        partition.add(type, { campaignId, clientId: client1, name, objective: null }, place)
      else if (type === 'CampaignRenamed') partition.add(type, { campaignId, name }, place)
      else partition.add(type as 'CampaignArchived', { campaignId }, place)
    }
    return itemsOf(projection, partition.log)
  })

type Items = ReturnType<typeof itemsOf>

/** The table and the parked events after these batches, each folded onto what the ones before left. */
function afterBatches(batches: readonly Items[]) {
  const table = new Map<string, Row | null>()
  const streams = new Set<string>()
  const parked: string[] = []
  let applied = 0
  for (const batch of batches) {
    const outcome = foldBatch(projection, table, batch, { streams, items: new Map() })
    for (const [key, row] of outcome.changed) table.set(key, row)
    for (const { record, error } of outcome.parked) {
      streams.add(record.stream)
      parked.push(`${record.position} ${error}`)
    }
    applied += outcome.applied.length
  }
  return { rows: [...table].filter(([, row]) => row !== null).sort(), parked, applied }
}

describe('foldBatch', () => {
  test('gives the same rows and parks the same events however a history is cut into batches', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(40)), (items, cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), items.length]
        const batches = at.map((from, i) => items.slice(from, at[i + 1] ?? items.length))
        const oneByOne = afterBatches(items.map((item) => [item]))
        expect(afterBatches(batches)).toEqual(oneByOne)
        expect(oneByOne.applied + oneByOne.parked.length).toBe(items.length)
      }),
    )
  })

  test('writes only what changed, each row once, and removes only what was there', () => {
    const partition = partitionLog()
    const place = { id: campaign(1) }
    partition.add('CampaignCreated', { campaignId: campaign(1), clientId: client1, name: 'a', objective: null }, place)
    partition.add('CampaignRenamed', { campaignId: campaign(1), name: 'b' }, place)
    partition.add('CampaignArchived', { campaignId: campaign(2) }, { id: campaign(2) })
    const { written, removed } = foldBatch(projection, new Map(), itemsOf(projection, partition.log), nothing)
    expect(written).toMatchObject([{ names: 'a,b', revision: 1 }])
    expect(removed).toEqual([])
  })

  test('removes a row that the table has', () => {
    const partition = partitionLog()
    partition.add('CampaignArchived', { campaignId: campaign(1) }, { id: campaign(1) })
    const row: Row = { tenant_id: tenantA, id: campaign(1), names: 'a' }
    const before: RowsByKey = new Map([[`${tenantA}.${campaign(1)}`, row]])
    const { written, removed } = foldBatch(projection, before, itemsOf(projection, partition.log), nothing)
    expect({ written, removed }).toEqual({ written: [], removed: [row] })
  })

  test('keeps what a stream came to before its poison, and parks what follows behind it', () => {
    const partition = partitionLog()
    const [one, two] = [{ id: campaign(1) }, { id: campaign(2) }]
    partition.add('CampaignCreated', { campaignId: campaign(1), clientId: client1, name: 'a', objective: null }, one)
    partition.add('CampaignCreated', { campaignId: campaign(2), clientId: client1, name: 'x', objective: null }, two)
    partition.add('CampaignRenamed', { campaignId: campaign(1), name: poison }, one)
    partition.add('CampaignRenamed', { campaignId: campaign(2), name: 'y' }, two)
    partition.add('CampaignRenamed', { campaignId: campaign(1), name: 'c' }, one)
    const { written, parked } = foldBatch(projection, new Map(), itemsOf(projection, partition.log), nothing)
    expect(written.map((row) => row.names)).toEqual(['a', 'x,y'])
    expect(parked.map(({ record, error }) => [record.revision, error])).toEqual([
      [1, 'Error: This name is poison.'],
      [2, null],
    ])
  })
})
