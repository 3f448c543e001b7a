import { mkdtemp, rm } from 'node:fs/promises'
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { jsonEvent, type KurrentDBClient } from '@kurrent/kurrentdb-client'
import { connect } from '../contract/support/server.ts'
import { collect, newStream } from '../contract/support/streams.ts'
import { type SessionRequest, service } from '../grpc/protocol.ts'
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

/** A message as gRPC frames it: not compressed, and its length. */
function frameOf(request: SessionRequest): Buffer {
  const message = AppendSession?.requestSerialize(request) ?? Buffer.alloc(0)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

type Ending = (call: ClientHttp2Stream, socket: Socket) => void

/** Begins an append to several streams, says the first of them, and ends it in some way. */
async function begin(stream: string, end: Ending): Promise<void> {
  const { hostname, port } = new URL(node.url)
  const socket = createConnection(Number(port), hostname)
  const http2 = connectHttp2(`http://${hostname}:${port}`, { createConnection: () => socket })
  const call = http2.request({
    ':method': 'POST',
    ':path': AppendSession?.path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  // What is cut off here fails here, too.
  for (const each of [http2, call, socket]) each.on('error', () => {})
  const closed = new Promise((resolve) => call.once('close', resolve))
  call.resume()
  const schema = { name: 'Attempted', format: 'SCHEMA_FORMAT_JSON' }
  call.write(frameOf({ stream, expectedRevision: '-1', records: [{ schema, data: Buffer.from('{}') }] }))
  // Answered in turn: the node has what was written before.
  await new Promise((resolve) => http2.ping(resolve))
  end(call, socket)
  await closed
  http2.destroy()
}

test.each<[string, number, Ending]>([
  ['said to its end is carried out', 1, (call) => call.end()],
  ['is not carried out in part when it is cancelled', 0, (call) => call.close(constants.NGHTTP2_CANCEL)],
  ['is not carried out in part when it is closed early', 0, (call) => call.close(constants.NGHTTP2_NO_ERROR)],
  ['is not carried out in part when its connection is lost', 0, (_, socket) => socket.destroy()],
  ['is not carried out in part when its connection is reset', 0, (_, socket) => socket.resetAndDestroy()],
])(
  'an append to several streams %s',
  async (_, events, end) => {
    const streams = Array.from({ length: 10 }, newStream)
    await Promise.all(streams.map((stream) => begin(stream, end)))
    for (const stream of streams) {
      // The node deals with what was cut off before what comes later.
      await client.appendToStream(newStream(), [jsonEvent({ type: 'Attempted', data: {} })])
      const found = await collect(client.readStream(stream)).then(
        ({ length }) => length,
        ({ type }: { type: string }) => type,
      )
      expect(found).toBe(events === 0 ? 'stream-not-found' : events)
    }
  },
  20_000,
)
