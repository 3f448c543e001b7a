import { describe, expect, test } from '@jest/globals'
import type { AppendStreamState } from '@kurrent/kurrentdb-client'
import { useServer } from './support/server.ts'
import { collect, event, events, failureOf, newStream, revisions } from './support/streams.ts'

const server = useServer()
const append = (stream: string, list: ReturnType<typeof events>, streamState: AppendStreamState = 'any') =>
  server.client().appendToStream(stream, list, { streamState })

describe('A repeated append', () => {
  test.each<[string, AppendStreamState]>([
    ['no-stream', 'no_stream'],
    ['any', 'any'],
  ])('at %s is answered as the first time, and nothing is stored twice', async (_, state) => {
    const stream = newStream()
    const list = events(3)
    const first = await append(stream, list, state)
    await append(stream, events(4))
    expect(await append(stream, list, state)).toEqual(first)
    expect(await revisions(server.client().readStream(stream))).toHaveLength(7)
  })

  test('at an exact revision is answered as the first time', async () => {
    const stream = newStream()
    await append(stream, events(2))
    const list = events(3)
    const first = await append(stream, list, 1n)
    await append(stream, events(4))
    expect(await append(stream, list, 1n)).toEqual(first)
  })

  test('at stream-exists is answered as the first time', async () => {
    const stream = newStream()
    await append(stream, events(1))
    const list = events(2)
    const first = await append(stream, list, 'stream_exists')
    expect(await append(stream, list, 'stream_exists')).toEqual(first)
  })

  test('that was under way twice at once is stored once', async () => {
    const stream = newStream()
    const list = events(2)
    const answers = await Promise.all(Array.from({ length: 10 }, () => append(stream, list, 'no_stream')))
    expect(new Set(answers.map(({ position }) => position?.commit)).size).toBe(1)
    expect(await revisions(server.client().readStream(stream))).toEqual([0, 1])
  })

  test('is known by its event ids, not by what they carry', async () => {
    const stream = newStream()
    const original = event(1)
    await append(stream, [original], 'no_stream')
    await append(stream, [{ ...original, data: { n: 2 } }], 'no_stream')
    const [stored] = await collect(server.client().readStream(stream))
    expect(stored?.event?.data).toEqual({ n: 1 })
  })

  test('of a beginning is a repetition', async () => {
    const stream = newStream()
    const list = events(3)
    await append(stream, list, 'no_stream')
    expect(await append(stream, list.slice(0, 2), 'no_stream')).toMatchObject({ nextExpectedRevision: 1n })
  })

  test.each<[string, AppendStreamState]>([
    ['no-stream', 'no_stream'],
    ['any', 'any'],
  ])('with more events at %s is a wrong revision, and stores nothing', async (_, state) => {
    const stream = newStream()
    const list = events(2)
    await append(stream, list, state)
    expect(await failureOf(append(stream, [...list, event()], state))).toMatchObject({ type: 'wrong-expected-version' })
    expect(await revisions(server.client().readStream(stream))).toEqual([0, 1])
  })

  test('at another revision than it had is a wrong revision', async () => {
    const stream = newStream()
    const list = events(2)
    await append(stream, list, 'no_stream')
    expect(await failureOf(append(stream, list.slice(1), 'no_stream'))).toMatchObject({
      type: 'wrong-expected-version',
    })
  })

  test('at its own end is new: the revision says so', async () => {
    const stream = newStream()
    const list = events(1)
    await append(stream, list, 'no_stream')
    expect(await append(stream, list, 0n)).toMatchObject({ nextExpectedRevision: 1n })
  })

  test('to another stream is new', async () => {
    const list = events(2)
    await append(newStream(), list)
    const other = newStream()
    expect(await append(other, list)).toMatchObject({ nextExpectedRevision: 1n })
    expect(await revisions(server.client().readStream(other))).toEqual([0, 1])
  })
})
