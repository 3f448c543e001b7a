import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  type AllStreamResolvedEvent,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position,
  type ReadAllOptions,
  streamNameFilter,
} from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, newStream, numbers, positionNow, positionOf } from './support/streams.ts'

const server = useServer()
const readAll = (options?: ReadAllOptions) => collect(server.client().readAll(options))
const commits = (read: readonly AllStreamResolvedEvent[]) => read.map(({ event }) => event?.position.commit ?? -1n)

describe('A read of $all', () => {
  const streams = [newStream(), newStream(), newStream()]
  let marker: Position
  let appended: Position[]
  const at = (n: number): Position => positionOf({ position: appended[n] })

  beforeAll(async () => {
    marker = await positionNow(server.client())
    appended = []
    for (const n of Array(12).keys()) {
      const stream = streams[n % 3] ?? ''
      appended.push(positionOf(await server.client().appendToStream(stream, event(n))))
    }
  })

  const own = (read: readonly AllStreamResolvedEvent[]) =>
    read.filter(({ event }) => event !== undefined && streams.includes(event.streamId))

  test('gives events in the order of their appends, at the positions that were answered', async () => {
    const read = own(await readAll({ fromPosition: marker }))
    expect(numbers(read)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(read.map(({ event }) => event?.position)).toEqual(appended)
    expect(read.map(({ commitPosition }) => commitPosition)).toEqual(appended.map(({ commit }) => commit))
  })

  test('forwards includes the position it begins at', async () => {
    const [first] = await readAll({ fromPosition: at(5), maxCount: 1 })
    expect(first?.event?.position).toEqual(at(5))
  })

  test('backwards leaves out the position it begins at', async () => {
    const read = await readAll({ direction: 'backwards', fromPosition: at(5), maxCount: 30 })
    expect(numbers(own(read))).toEqual([4, 3, 2, 1, 0])
    expect(commits(read).every((commit) => commit < at(5).commit)).toBe(true)
  })

  test('goes on exactly behind the last event of the page before', async () => {
    const pages: AllStreamResolvedEvent[] = []
    for (let from = marker; ; ) {
      const page = await readAll({ fromPosition: from, maxCount: 5 })
      pages.push(...page)
      const last = page.at(-1)?.event?.position
      if (last === undefined || page.length < 5) break
      from = { commit: last.commit + 1n, prepare: last.prepare + 1n }
    }
    const whole = commits(await readAll({ fromPosition: marker }))
    expect(commits(pages).slice(0, whole.length)).toEqual(whole.slice(0, pages.length))
    expect(numbers(own(pages))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  test('backwards from the end gives the newest first', async () => {
    const newest = commits(await readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 20 }))
    expect(newest).toEqual(newest.toSorted((a, b) => (a > b ? -1 : 1)))
    expect(newest[0]).toBeGreaterThanOrEqual(at(-1 + appended.length).commit)
  })

  test('gives every event a position of its own, ascending', async () => {
    const list = commits(await readAll())
    expect(new Set(list).size).toBe(list.length)
    expect(list).toEqual(list.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  test('contains system events, and begins with some', async () => {
    const [first] = await readAll({ maxCount: 1 })
    expect(first?.event?.streamId.startsWith('$')).toBe(true)
    const stream = newStream()
    const fromPosition = positionOf(await server.client().setStreamMetadata(stream, { maxCount: 5 }))
    const [metadata] = await readAll({ fromPosition, maxCount: 1 })
    expect(metadata?.event).toMatchObject({ streamId: `$$${stream}`, type: '$metadata', data: { $maxCount: 5 } })
  })

  test('with events of several appends in one call keeps each append together', async () => {
    const names = Array.from({ length: 8 }, () => newStream())
    await Promise.all(names.map((name) => server.client().appendToStream(name, events(5))))
    const read = (await readAll({ fromPosition: marker })).map(({ event }) => event?.streamId ?? '')
    for (const name of names) expect(read.lastIndexOf(name) - read.indexOf(name)).toBe(4)
  })
})

describe('A filtered read of $all', () => {
  const prefix = newStream('filter')
  const streams = [`${prefix}.a`, `${prefix}.b`, `other-${prefix}`]

  beforeAll(async () => {
    for (const n of Array(12).keys()) {
      await server.client().appendToStream(streams[n % 3] ?? '', event(n, `${n < 6 ? 'Early' : 'Late'}.${prefix}`))
    }
  })

  test.each<[string, Filter, number[]]>([
    ['by a stream prefix', streamNameFilter({ prefixes: [prefix] }), [0, 1, 3, 4, 6, 7, 9, 10]],
    [
      'by several stream prefixes',
      streamNameFilter({ prefixes: [`${prefix}.b`, `other-${prefix}`] }),
      [1, 2, 4, 5, 7, 8, 10, 11],
    ],
    ['by a stream expression', streamNameFilter({ regex: `^[a-z]+-${prefix}$` }), [2, 5, 8, 11]],
    ['by a type prefix', eventTypeFilter({ prefixes: [`Late.${prefix}`] }), [6, 7, 8, 9, 10, 11]],
    ['by a type expression', eventTypeFilter({ regex: `^E.*${prefix}$` }), [0, 1, 2, 3, 4, 5]],
  ])('%s gives what passes, both ways', async (_, filter, expected) => {
    expect(numbers(await readAll({ filter }))).toEqual(expected)
    const backwards = await readAll({ filter, direction: 'backwards', fromPosition: 'end' })
    expect(numbers(backwards)).toEqual(expected.toReversed())
  })

  test('counts only what passes', async () => {
    const filter = streamNameFilter({ prefixes: [`${prefix}.b`] })
    expect(numbers(await readAll({ filter, maxCount: 3 }))).toEqual([1, 4, 7])
  })

  test('can leave system events out', async () => {
    const read = await readAll({ filter: excludeSystemEvents() })
    expect(read.some(({ event }) => event?.type.startsWith('$'))).toBe(false)
    expect(read.length).toBeGreaterThan(11)
  })
})
