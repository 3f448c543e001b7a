import { randomUUID } from 'node:crypto'
import { encodeRecord } from '@bizosaas/kafka'
import type { Topic } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chainAfter, noChain, windowDigest } from '../relay/digest.ts'
import { compare, type Laid } from './compare.ts'
import type { Window } from './ledger.ts'

/** Records of several partitions at ascending positions. */
const history = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 500 }),
      kind: fc.constantFrom<Topic>('events', 'observations'),
      partition: fc.nat(2),
      bytes: fc.uint8Array({ maxLength: 20 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let position = 0
    const heads = new Map<string, number>()
    return steps.map(({ gap, kind, partition, bytes }): Laid => {
      position += gap
      const prev = heads.get(`${kind} ${partition}`) ?? -1
      heads.set(`${kind} ${partition}`, position)
      const eventId = randomUUID()
      const head = { stream: `s-${partition}`, revision: 0, position, prev, eventId, metadata: null }
      return { kind, partition, position, eventId, record: encodeRecord(head, 1, bytes) }
    })
  })

/** The ledger that a relay writes which cuts its batches behind these records. */
const ledgerOf = (records: readonly Laid[], cuts: readonly number[]): readonly Window[] => {
  const ends = [...new Set([...cuts.map((cut) => cut % records.length), records.length - 1])].sort((a, b) => a - b)
  let from = 0
  let chain: Buffer = noChain
  return ends.map((end, index) => {
    const digest = windowDigest()
    for (const { kind, partition, record } of records.slice(from, end + 1)) digest.add(kind, partition, record)
    const digests = digest.end()
    const { position, eventId } = records[end] as Laid
    chain = chainAfter(chain, position, digests)
    from = end + 1
    return { seq: index + 1, position, eventId, digests, chain }
  })
}

const cuts = fc.array(fc.nat(100), { maxLength: 8 })
const before = { position: -1, chain: null }
const never = () => false
const windowOf = (windows: readonly Window[], position: number) =>
  windows.find((window) => window.position >= position)?.seq

const held = (windows: readonly Window[], stored: readonly Laid[], published: readonly Laid[]) =>
  compare({ windows, before, stored, published, meansTheSame: never })

describe('Event store, Kafka and ledger', () => {
  test('agree on what was published, whatever the windows', () => {
    fc.assert(
      fc.property(history, cuts, (records, ends) => {
        const windows = ledgerOf(records, ends)
        expect(held(windows, records, records)).toMatchObject({ agreed: windows.length, finding: null })
      }),
    )
  })

  test('agree the same when the audit goes by other steps', () => {
    fc.assert(
      fc.property(history, cuts, fc.nat(10), (records, ends, at) => {
        const windows = ledgerOf(records, ends)
        const step = windows.slice(0, at % windows.length)
        const upTo = step.at(-1)?.position ?? -1
        const inStep = records.filter(({ position }) => position <= upTo)
        const rest = records.filter(({ position }) => position > upTo)
        const first = held(step, inStep, inStep)
        const second = compare({
          windows: windows.slice(step.length),
          before: { position: upTo, chain: first.chain },
          stored: rest,
          published: rest,
          meansTheSame: never,
        })
        expect(second).toMatchObject({ agreed: windows.length - step.length, finding: null })
      }),
    )
  })

  test('differ by exactly the record that is lost, changed or missing, and agree up to its window', () => {
    fc.assert(
      fc.property(history, cuts, fc.nat(), fc.constantFrom('lost', 'changed', 'deleted'), (records, ends, nth, how) => {
        const windows = ledgerOf(records, ends)
        const hit = records[nth % records.length] as Laid
        const without = records.filter((record) => record !== hit)
        const changed = { ...hit, record: { ...hit.record, value: Buffer.concat([hit.record.value, Buffer.of(0)]) } }
        const { agreed, finding } =
          how === 'lost'
            ? held(windows, records, without)
            : how === 'deleted'
              ? held(windows, without, records)
              : held(
                  windows,
                  records,
                  records.map((record) => (record === hit ? changed : record)),
                )
        const kinds = { lost: 'missing-in-kafka', deleted: 'missing-in-store', changed: 'other-bytes' }
        const seq = windowOf(windows, hit.position)
        expect(finding).toMatchObject({
          kind: kinds[how],
          window: { seq },
          partition: { topic: hit.kind, number: hit.partition },
          event: { position: hit.position, id: hit.eventId },
        })
        expect(agreed).toBe((seq ?? 0) - 1)
      }),
    )
  })

  test('differ by a record that nobody published', () => {
    fc.assert(
      fc.property(history, cuts, fc.nat(), (records, ends, nth) => {
        const windows = ledgerOf(records, ends)
        const after = records[nth % records.length] as Laid
        const foreign = { ...after, position: after.position - 0.5, eventId: randomUUID() }
        const published = [...records, foreign].sort((a, b) => a.position - b.position)
        expect(held(windows, records, published).finding).toMatchObject({
          kind: 'extra-in-kafka',
          event: { id: foreign.eventId },
        })
      }),
    )
  })

  test('differ by a row of the ledger that was altered, taken away, or whose chain was', () => {
    fc.assert(
      fc.property(history, cuts, fc.nat(), (records, ends, nth) => {
        const windows = ledgerOf(records, ends)
        const index = nth % windows.length
        const hit = windows[index] as Window
        const alter = (change: Partial<Window>) =>
          windows.map((window) => (window === hit ? { ...hit, ...change } : window))
        const [kind, other] =
          Object.keys(hit.digests?.events ?? {}).length > 0
            ? (['events', 'observations'] as const)
            : (['observations', 'events'] as const)
        const [partition] = Object.keys(hit.digests?.[kind] ?? {})
        const digests = { ...hit.digests, [kind]: { ...hit.digests?.[kind], [partition ?? '']: '00'.repeat(32) } }
        expect(other).not.toBe(kind)
        expect(held(alter({ digests: digests as Window['digests'] }), records, records)).toMatchObject({
          agreed: index,
          finding: { kind: 'ledger-differs', window: { seq: hit.seq } },
        })
        expect(held(alter({ chain: noChain }), records, records)).toMatchObject({
          agreed: index,
          finding: { kind: 'chain-broken', window: { seq: hit.seq } },
        })
        if (index === windows.length - 1) return
        expect(held(windows.toSpliced(index, 1), records, records).finding).toMatchObject({
          window: { seq: hit.seq + 1 },
        })
      }),
    )
  })

  test('agree on rows of the time before there were digests, as far as event store and Kafka do', () => {
    fc.assert(
      fc.property(history, cuts, (records, ends) => {
        const windows = ledgerOf(records, ends).map((window) => ({ ...window, digests: null, chain: null }))
        expect(held(windows, records, records).finding).toBeNull()
        expect(held(windows, records, records.slice(1)).finding).toMatchObject({ kind: 'missing-in-kafka' })
      }),
    )
  })
})
