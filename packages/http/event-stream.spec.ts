import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type EventStream, eventStream } from './event-stream.ts'

let server: Server
let opened: Promise<{ stream: EventStream; response: ServerResponse }>
beforeEach(async () => {
  const next = Promise.withResolvers<{ stream: EventStream; response: ServerResponse }>()
  opened = next.promise
  server = createServer((_, response) => next.resolve({ stream: eventStream(response), response }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const port = () => (server.address() as AddressInfo).port
const whenEnded = ({ signal }: EventStream) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))

test('events arrive in the format of server-sent events, until the end', async () => {
  const response = await fetch(`http://127.0.0.1:${port()}/`)
  const { stream } = await opened
  stream.send('moved', { text: 'two\nlines' })
  stream.send('moved', { position: 2 }, 'events.g1.3.2')
  stream.end()
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await response.text()).toBe(
    ': open\n\nevent: moved\ndata: {"text":"two\\nlines"}\n\nid: events.g1.3.2\nevent: moved\ndata: {"position":2}\n\n',
  )
  await whenEnded(stream)
})

test('a client that goes away ends the stream', async () => {
  const leave = new AbortController()
  await fetch(`http://127.0.0.1:${port()}/`, { signal: leave.signal })
  const { stream } = await opened
  leave.abort()
  await whenEnded(stream)
  stream.send('moved', {})
})

test('a client that does not read is dropped before much has piled up', async () => {
  const socket = connect(port(), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  socket.pause()
  socket.on('error', () => {})
  const { stream, response } = await opened
  const data = 'x'.repeat(100_000)
  let most = 0
  for (let sent = 0; sent < 1_000 && !stream.signal.aborted; sent++) {
    stream.send('moved', data)
    most = Math.max(most, response.writableLength)
    await new Promise(setImmediate)
  }
  await whenEnded(stream)
  expect(most).toBeLessThan(64 * 1024 + 2 * data.length)
  socket.destroy()
})
