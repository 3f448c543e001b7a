import { CampaignId } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findClash, findRefused } from './bisect.ts'
import { itemsOf } from './items.ts'
import { nameList } from './spec-support/name-list.ts'
import { partitionLog, uuid } from './spec-support/records.ts'

const campaign = (n: number) => CampaignId.parse(uuid('1', n))

/** A batch of renamings, each of one of eight campaigns. */
const batch = fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }).map((campaigns) => {
  const partition = partitionLog()
  for (const n of campaigns)
    partition.add('CampaignRenamed', { campaignId: campaign(n), name: 'b' }, { id: campaign(n) })
  return itemsOf(nameList(), partition.log)
})

describe('findRefused', () => {
  test('finds the first refused event of every stream at fault, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(batch, fc.array(fc.nat(39)), async (items, faults) => {
        const bad = new Set(faults.flatMap((fault) => items[fault] ?? []))
        const refused = await findRefused(items, async (some) =>
          some.some((item) => bad.has(item)) ? 'refused' : null,
        )
        const first = Map.groupBy(bad, (item) => item.record.stream)
        const expected = [...first.values()].map((several) =>
          several.reduce((a, b) => (a.record.position < b.record.position ? a : b)),
        )
        expect(new Set(refused.keys())).toEqual(new Set(expected))
      }),
    )
  })

  test('finds one among a thousand streams in about twice their logarithm of tries', async () => {
    const partition = partitionLog()
    for (let n = 0; n < 1000; n++)
      partition.add('CampaignRenamed', { campaignId: campaign(n), name: 'b' }, { id: campaign(n) })
    const items = itemsOf(nameList(), partition.log)
    let tries = 0
    const refused = await findRefused(items, async (some) => {
      tries += 1
      return some.some(({ record }) => record.offset === 777) ? 'refused' : null
    })
    expect([...refused.keys()].map(({ record }) => record.offset)).toEqual([777])
    expect(tries).toBeLessThan(25)
  })

  test('finds none where only the whole is refused', async () => {
    const partition = partitionLog()
    for (const n of [1, 2])
      partition.add('CampaignRenamed', { campaignId: campaign(n), name: 'b' }, { id: campaign(n) })
    const refused = await findRefused(itemsOf(nameList(), partition.log), async (some) =>
      some.length === 2 ? 'too many' : null,
    )
    expect(refused.size).toBe(0)
  })
})

describe('findClash', () => {
  /** Eight streams of several events each. */
  const items = (() => {
    const partition = partitionLog()
    for (const _ of [1, 2, 3])
      for (let n = 0; n < 8; n++)
        partition.add('CampaignRenamed', { campaignId: campaign(n), name: 'b' }, { id: campaign(n) })
    return itemsOf(nameList(), partition.log)
  })()
  const pair = fc
    .tuple(fc.nat(items.length - 1), fc.nat(items.length - 1))
    .filter(([one, other]) => items[one]?.record.stream !== items[other]?.record.stream)

  test('finds the two events of different streams that a database takes apart and refuses together', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([one, other]) => {
        const both = [items[one], items[other]]
        const clashing = await findClash(items, async (some) =>
          both.every((item) => item !== undefined && some.includes(item)) ? 'twice' : null,
        )
        expect(new Set(clashing.keys())).toEqual(new Set(both))
      }),
    )
  })

  test('finds none where the database takes everything now', async () => {
    expect((await findClash(items, async () => null)).size).toBe(0)
  })
})
