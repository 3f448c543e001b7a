import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { jsonEvent } from '@kurrent/kurrentdb-client'
import type { ReadOptions } from '../grpc/protocol.ts'
import { rawRead } from './support/raw.ts'
import { useServer } from './support/server.ts'
import { events, failureOf, newStream } from './support/streams.ts'

const server = useServer()
const read = (options: ReadOptions) => rawRead(server.url(), { noFilter: {}, uuidOption: { string: {} }, ...options })

describe('A read that the official client would not send', () => {
  const stream = newStream()
  const id = randomUUID()
  const streamIdentifier = { streamName: Buffer.from(stream) }

  beforeAll(async () => {
    await server.client().appendToStream(stream, [jsonEvent({ id, type: 'First', data: {} }), ...events(3)])
  })

  const revisions = async (options: ReadOptions): Promise<number[]> =>
    (await read(options)).flatMap(({ event }) => (event ? [Number(event.event?.streamRevision ?? 0)] : []))

  test('backwards from the start of a stream gives its first event', async () => {
    const options: ReadOptions = { stream: { streamIdentifier, start: {} }, readDirection: 'BACKWARDS', count: '10' }
    expect(await revisions(options)).toEqual([0])
  })

  test('forwards from the end of a stream gives nothing', async () => {
    expect(await revisions({ stream: { streamIdentifier, end: {} }, count: '10' })).toEqual([])
  })

  test('backwards from the start of $all, and forwards from its end, gives nothing', async () => {
    expect(await read({ all: { start: {} }, readDirection: 'BACKWARDS', count: '10' })).toEqual([])
    expect(await read({ all: { end: {} }, count: '10' })).toEqual([])
  })

  test('can ask for ids as two numbers', async () => {
    const [first] = await read({ stream: { streamIdentifier, start: {} }, count: '1', uuidOption: { structured: {} } })
    const { mostSignificantBits, leastSignificantBits } = first?.event?.event?.id?.structured ?? {}
    const digits = [mostSignificantBits, leastSignificantBits].map((half) =>
      BigInt.asUintN(64, BigInt(half ?? 0))
        .toString(16)
        .padStart(16, '0'),
    )
    expect(digits.join('')).toBe(id.replaceAll('-', ''))
  })

  test('names the position of an event of a stream, as it does in $all', async () => {
    const [first] = await read({ stream: { streamIdentifier, start: {} }, count: '1' })
    expect(Number(first?.event?.commitPosition)).toBeGreaterThan(0)
  })

  test('ends with the last revision for a client that knows it', async () => {
    const answers = await read({
      stream: { streamIdentifier, start: {} },
      count: '2',
      controlOption: { compatibility: 1 },
    })
    expect(answers.at(-1)?.lastStreamPosition).toBe('3')
  })

  test('of a missing stream answers so, without an error', async () => {
    const missing = { streamIdentifier: { streamName: Buffer.from(newStream()) }, start: {} }
    expect(await read({ stream: missing, count: '1' })).toMatchObject([{ streamNotFound: {} }])
  })

  test.each<[string, ReadOptions]>([
    ['neither a stream nor $all', { count: '1' }],
    ['neither a count nor a subscription', { all: { start: {} } }],
    ['a subscription backwards', { all: { start: {} }, subscription: {}, readDirection: 'BACKWARDS' }],
    ['a filter on nothing', { all: { start: {} }, count: '1', filter: { max: 10 } }],
  ])('for %s is an invalid argument', async (_, options) => {
    expect(await failureOf(read(options))).toMatchObject({ code: 3 })
  })
})
