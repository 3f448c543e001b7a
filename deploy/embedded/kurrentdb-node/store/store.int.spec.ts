import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Write } from './append.ts'
import type { Expected } from './check.ts'
import { isSoftDeleted } from './heads.ts'
import type { Row } from './read.ts'
import { decodeRecord, type ProposedEvent } from './record.ts'
import { openStore, type Store } from './store.ts'
import { Model } from './testing/model.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kurrentdb-store-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

// Few streams and few ids, so that repetitions, conflicts and returns from the dead are frequent.
const streamName = fc.constantFrom('a', 'b', 'c')
const id = fc.integer({ min: 0, max: 12 }).map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
const expected: fc.Arbitrary<Expected> = fc.oneof(
  fc.constantFrom<Expected>('any', 'no-stream', 'stream-exists'),
  fc.integer({ min: 0, max: 6 }),
)
const eventOf = (eventId: string, type: string, data: string): ProposedEvent => ({
  id: eventId,
  type,
  json: true,
  data: Buffer.from(data),
  metadata: Buffer.alloc(0),
})
const events = fc.array(
  id.map((eventId) => eventOf(eventId, 'Happened', '{}')),
  { maxLength: 3 },
)
const metadata = fc
  .record({ $tb: fc.nat(5), $maxCount: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] })
  .map((value) => JSON.stringify(value))

const append = fc
  .uniqueArray(fc.record({ stream: streamName, expected, events }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ stream }) => stream,
  })
  .map((writes): Write => ({ type: 'append', writes }))
const setMetadata = fc.record({ stream: streamName, expected, id, metadata }).map(
  (value): Write => ({
    type: 'append',
    writes: [
      {
        stream: `$$${value.stream}`,
        expected: value.expected,
        events: [eventOf(value.id, '$metadata', value.metadata)],
      },
    ],
  }),
)
const remove = (type: 'delete' | 'tombstone') =>
  fc.record({ stream: streamName, expected }).map((value): Write => ({ type, ...value }))
const write = fc.oneof(
  { weight: 12, arbitrary: append },
  { weight: 3, arbitrary: setMetadata },
  { weight: 3, arbitrary: remove('delete') },
  { weight: 1, arbitrary: remove('tombstone') },
)
/** Writes that come at the same time and share a transaction. */
const groups = fc.array(fc.array(write, { minLength: 1, maxLength: 5 }), { maxLength: 12 })

const everything = (store: Store): Row[] => {
  const rows: Row[] = []
  for (let from = 0; ; from = (rows.at(-1)?.position ?? 0) + 1) {
    const chunk = store.forward(from, 3)
    if (chunk.length === 0) return rows
    rows.push(...chunk)
  }
}

const visible = (store: Store, stream: string): number[] | 'tombstoned' | 'absent' => {
  const head = store.streamHead(stream)
  if (head.tombstoned) return 'tombstoned'
  if (head.last < 0 || isSoftDeleted(head)) return 'absent'
  const upwards = store.streamForward(head, 0, 1000).map(({ revision }) => revision)
  const downwards = store.streamBackward(head, Number.MAX_SAFE_INTEGER, 1000).map(({ revision }) => revision)
  expect(downwards).toEqual(upwards.toReversed())
  return upwards
}

const expectSame = (store: Store, model: Model): void => {
  const [, ...rows] = everything(store)
  const records = rows.map(({ record }) => decodeRecord(record))
  // The ids of what the store writes by itself are random.
  const log = records.map(({ stream, id: eventId, type, data }, n) => ({
    stream,
    id: model.log[n]?.id === '' ? '' : eventId,
    type,
    data: Buffer.from(data).toString(),
  }))
  expect(log).toEqual(model.log)
  const positions = rows.map(({ position }) => position)
  expect(positions).toEqual(records.map(({ position }) => position))
  expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))
  for (const stream of ['a', 'b', 'c', '$$a', '$$b', '$$c'])
    expect(visible(store, stream)).toEqual(model.visible(stream))
}

describe('The store', () => {
  test('does what the model does, whatever is written, also after it was closed and opened', async () => {
    await fc.assert(
      fc.asyncProperty(groups, fc.nat(11), async (allGroups, reopenAfter) => {
        const own = mkdtempSync(join(folder, 'run-'))
        const model = new Model()
        let store = openStore(own)
        try {
          for (const [n, group] of allGroups.entries()) {
            const outcomes = await Promise.all(group.map(store.write))
            const modelled = group.map((each) => model.write(each))
            expect(outcomes.map((outcome) => ({ ...outcome, position: undefined }))).toEqual(
              modelled.map((outcome) => ({ ...outcome, position: undefined })),
            )
            if (n === reopenAfter) {
              store.close()
              store = openStore(own)
            }
          }
          expectSame(store, model)
        } finally {
          store.close()
        }
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  test('answers with the position of the last event, first time and repeated', async () => {
    const store = openStore(folder)
    const list = [
      eventOf('00000000-0000-4000-8000-000000000001', 'A', '{}'),
      eventOf('00000000-0000-4000-8000-000000000002', 'B', '{}'),
    ]
    const write: Write = { type: 'append', writes: [{ stream: 's', expected: 'no-stream', events: list }] }
    const first = await store.write(write)
    expect(first).toEqual({ type: 'written', revisions: [1], position: store.head() })
    await store.write({ type: 'append', writes: [{ stream: 'other', expected: 'any', events: [] }] })
    expect(await store.write(write)).toEqual(first)
    store.close()
  })

  test('reads in chunks that stay small, whatever the events weigh', async () => {
    const store = openStore(folder)
    for (let n = 0; n < 8; n++) {
      const heavy = { ...eventOf(crypto.randomUUID(), 'Heavy', ''), data: Buffer.alloc(200_000) }
      await store.write({ type: 'append', writes: [{ stream: 'heavy', expected: 'any', events: [heavy] }] })
    }
    expect(store.streamForward(store.streamHead('heavy'), 0, 1000)).toHaveLength(2)
    store.close()
  })

  test('tells every listener after a commit, and only then', async () => {
    const store = openStore(folder)
    const heads: number[] = []
    const stop = store.onCommit(() => heads.push(store.head()))
    const write = (stream: string, expectation: Expected): Promise<unknown> =>
      store.write({
        type: 'append',
        writes: [{ stream, expected: expectation, events: [eventOf(crypto.randomUUID(), 'A', '{}')] }],
      })
    await Promise.all([write('a', 'any'), write('b', 'any'), write('c', 5)])
    expect(heads).toEqual([store.head()])
    await write('a', 9)
    expect(heads).toHaveLength(1)
    stop()
    await write('a', 'any')
    expect(heads).toHaveLength(1)
    store.close()
  })
})
