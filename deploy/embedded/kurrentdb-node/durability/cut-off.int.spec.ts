import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { connect } from '../contract/support/server.ts'
import { collect, newStream } from '../contract/support/streams.ts'
import { type AppendRequest, type SessionRequest, service } from '../grpc/protocol.ts'
import { type SpawnedNode, spawnNode } from '../spawn.ts'

let folder: string
let node: SpawnedNode
let client: KurrentDBClient
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kurrentdb-cut-off-'))
  node = await spawnNode(folder)
  client = connect(node.url)
})
afterAll(async () => {
  await client.dispose()
  await node.stop()
  await rm(folder, { recursive: true, force: true })
})

const { AppendSession } = service('kurrentdb.protocol.v2.streams.StreamsService')
const { Append } = service('event_store.client.streams.Streams')

/** A message as gRPC frames it: not compressed, and its length. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The ways of appending whose requests come in several messages, and what begins one to a stream: a whole append by itself. */
const ways = {
  AppendSession: {
    path: AppendSession?.path,
    begin(stream: string) {
      const records = [{ schema: { name: 'Attempted', format: 'SCHEMA_FORMAT_JSON' }, data: Buffer.from('{}') }]
      const request: SessionRequest = { stream, expectedRevision: '-1', records }
      return framed(AppendSession?.requestSerialize(request) ?? Buffer.alloc(0))
    },
  },
  Append: {
    path: Append?.path,
    begin(stream: string) {
      const options = { streamIdentifier: { streamName: Buffer.from(stream) }, noStream: {} }
      const metadata = { type: 'Attempted', 'content-type': 'application/json' }
      const proposedMessage = { id: { string: randomUUID() }, metadata, data: Buffer.from('{}') }
      const requests: AppendRequest[] = [{ options }, { proposedMessage }]
      return Buffer.concat(requests.map((request) => framed(Append?.requestSerialize(request) ?? Buffer.alloc(0))))
    },
  },
}
type Way = keyof typeof ways

type Ending = (call: ClientHttp2Stream, socket: Socket) => void

/** Frames of the first stream of a connection. https://www.rfc-editor.org/rfc/rfc9113#section-6 */
const endStream = Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 1])
const reset = Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, constants.NGHTTP2_CANCEL])

/** Begins an append, says a part of it, and ends it in some way. */
async function begin(way: Way, stream: string, end: Ending): Promise<void> {
  const { hostname, port } = new URL(node.url)
  const socket = createConnection(Number(port), hostname)
  const http2 = connectHttp2(`http://${hostname}:${port}`, { createConnection: () => socket })
  await once(http2, 'connect')
  const call = http2.request({
    ':method': 'POST',
    ':path': ways[way].path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  // What is cut off here fails here, too.
  for (const each of [http2, call, socket]) each.on('error', () => {})
  const closed = new Promise((resolve) => call.once('close', resolve))
  call.resume()
  await new Promise((resolve) => call.write(ways[way].begin(stream), resolve))
  // Answered after what was written before.
  await new Promise<void>((resolve, reject) => http2.ping((error) => (error ? reject(error) : resolve())))
  end(call, socket)
  await closed
  http2.destroy()
}

const notThere = 'stream-not-found'

const endings: readonly (readonly [string, number | string, Ending])[] = [
  ['said to its end is carried out', 1, (call) => call.end()],
  ['is not carried out in part when it is reset', notThere, (_, socket) => socket.end(reset)],
  // A client on Node that cancels says END_STREAM, too.
  [
    'is not carried out in part when it is ended and reset at once',
    notThere,
    (_, socket) => socket.end(Buffer.concat([endStream, reset])),
  ],
  ['is not carried out in part when its connection is lost', notThere, (_, socket) => socket.destroy()],
  ['is not carried out in part when its connection is reset', notThere, (_, socket) => socket.resetAndDestroy()],
]

describe.each(Object.keys(ways) as Way[])('an append by %s', (way) => {
  test.each(endings)(
    '%s',
    async (_, expected, end) => {
      const streams = Array.from({ length: 10 }, newStream)
      await Promise.all(streams.map((stream) => begin(way, stream, end)))
      // Begun after the others were cut off, and whole: once these are there, the node has dealt with those.
      const later = Array.from({ length: 10 }, newStream)
      await Promise.all(later.map((stream) => begin(way, stream, (call) => call.end())))
      const lengthOf = (stream: string) => collect(client.readStream(stream)).then(({ length }) => length, typeOf)
      expect(await Promise.all(later.map(lengthOf))).toEqual(later.map(() => 1))
      expect(await Promise.all(streams.map(lengthOf))).toEqual(streams.map(() => expected))
    },
    20_000,
  )
})

const typeOf = ({ type }: { readonly type: string }): string => type
