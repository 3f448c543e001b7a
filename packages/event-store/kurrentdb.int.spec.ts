import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { WrongRevision } from './errors.ts'
import type { NewEvent, StoredEvent } from './store.ts'
import { all, useEventStore } from './testing/store.ts'

const used = useEventStore()
const newStream = () => `campaign-${randomUUID()}.${randomUUID()}`
const event = (data: object = { n: 1 }): NewEvent => ({
  id: randomUUID(),
  type: 'Tested',
  data,
  metadata: { commandId: 'c', actor: 'Zoë' },
})
const read = (stream: string, fromRevision = 0) => all(used.store.readStream(stream, { fromRevision }))
const text = ({ bytes }: StoredEvent) => Buffer.from(bytes).toString()

describe('append', () => {
  test('answers with the position and revision of the last event, as reading gives them', async () => {
    const stream = newStream()
    const appended = await used.store.append([{ stream, expected: 'no-stream', events: [event(), event(), event()] }])
    const last = (await read(stream)).at(-1)
    expect(appended.revisions).toEqual([2])
    expect(last).toMatchObject({ revision: 2, position: appended.position })
    expect(await used.store.append([{ stream, expected: 2, events: [event()] }])).toMatchObject({ revisions: [3] })
  })

  test('refuses a revision that is not the last one, and appends nothing', async () => {
    const stream = newStream()
    await used.store.append([{ stream, expected: 'no-stream', events: [event(), event()] }])
    for (const expected of ['no-stream', 0, 2, 7] as const) {
      const append = used.store.append([{ stream, expected, events: [event()] }])
      await expect(append).rejects.toThrow(new WrongRevision({ stream, expected }))
    }
    expect(await read(stream)).toHaveLength(2)
  })

  test('of the same ids at the same revision answers as the first time and appends nothing', async () => {
    const write = { stream: newStream(), expected: 'no-stream', events: [event(), event()] } as const
    const first = await used.store.append([write])
    expect(await used.store.append([write])).toEqual(first)
    await used.store.append([{ ...write, expected: 1, events: [event()] }])
    expect(await used.store.append([write])).toEqual(first)
    expect(await read(write.stream)).toHaveLength(3)
  })

  test('to several streams does all or nothing', async () => {
    const [one, other] = [newStream(), newStream()]
    const writes = [
      { stream: one, expected: 'no-stream', events: [event(), event()] },
      { stream: other, expected: 'no-stream', events: [event()] },
    ] as const
    const first = await used.store.append(writes)
    expect(first.revisions).toEqual([1, 0])
    expect((await read(other))[0]?.position).toBe(first.position)
    expect(await used.store.append(writes)).toEqual(first)

    const taken = used.store.append([
      { stream: one, expected: 1, events: [event()] },
      { stream: other, expected: 'no-stream', events: [event()] },
    ])
    await expect(taken).rejects.toThrow(new WrongRevision({ stream: other, expected: 'no-stream' }))
    expect(await read(one)).toHaveLength(2)
  })
})

describe('reading', () => {
  test('a stream gives what was appended, byte for byte', async () => {
    const stream = newStream()
    const appended = event({ text: 'Zoë "☕"', list: [1, { a: null }], big: Number.MAX_SAFE_INTEGER })
    await used.store.append([{ stream, expected: 'no-stream', events: [appended] }])
    const [stored] = await read(stream)
    expect(stored).toMatchObject({ stream, revision: 0, id: appended.id, type: 'Tested' })
    expect(stored?.metadata).toMatchObject(appended.metadata)
    expect(stored && text(stored)).toBe(JSON.stringify(appended.data))
  })

  test('a stream may start at any revision, also behind the end, and go as far as is wanted', async () => {
    const stream = newStream()
    await used.store.append([{ stream, expected: 'no-stream', events: [event(), event(), event()] }])
    expect((await read(stream, 1)).map(({ revision }) => revision)).toEqual([1, 2])
    expect(await read(stream, 3)).toEqual([])
    expect(await all(used.store.readStream(stream, { fromRevision: 1, maxCount: 1 }))).toMatchObject([{ revision: 1 }])
    expect(await read(newStream())).toEqual([])
  })

  test('$all starts at a position, inclusive, and is in the order of commits', async () => {
    const streams = [newStream(), newStream(), newStream()]
    for (const stream of streams)
      await used.store.append([{ stream, expected: 'no-stream', events: [event(), event()] }])
    const [first] = await read(streams[0] ?? '')
    const from = first?.position ?? 0
    const events = await used.store.readAll({ from, maxCount: 1_000 })
    const ours = events.filter(({ stream }) => streams.includes(stream))
    expect(events[0]).toEqual(first)
    expect(ours.map(({ stream, revision }) => [streams.indexOf(stream), revision])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ])
    expect(await used.store.readAll({ from, maxCount: 1 })).toEqual([first])
    expect(await used.store.head()).toBeGreaterThanOrEqual(ours.at(-1)?.position ?? Number.NaN)
  })

  test('$all as it comes, some events at a time, is what one read of it gives', async () => {
    const stream = newStream()
    const appended = Array.from({ length: 200 }, () => event())
    const { position } = await used.store.append([{ stream, expected: 'no-stream', events: appended }])
    const [first] = await read(stream)
    const from = first?.position ?? position
    const pages: (readonly StoredEvent[])[] = []
    for await (const page of used.store.pagesOfAll({ from, maxCount: 150 })) pages.push(page)
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.flat()).toEqual(await used.store.readAll({ from, maxCount: 150 }))
    expect(pages.flat()).toHaveLength(150)
  })
})

describe('the doorbell', () => {
  test('rings for what is committed after a position, and stops when asked', async () => {
    const stream = newStream()
    const { position } = await used.store.append([{ stream, expected: 'no-stream', events: [event()] }])
    const leaving = new AbortController()
    const heard: number[] = []
    const listening = (async () => {
      for await (const rung of used.store.subscribeToAll({ after: position, signal: leaving.signal })) {
        if (rung.stream === stream) heard.push(rung.position)
        if (heard.length === 2) leaving.abort()
      }
    })()
    const { position: second } = await used.store.append([{ stream, expected: 0, events: [event()] }])
    const { position: third } = await used.store.append([{ stream, expected: 1, events: [event()] }])
    await listening
    expect(heard).toEqual([second, third])
  })
})
