import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { until } from '../../flow/until.ts'
import { type Cable, layCable } from './cable.ts'

/** Answers every piece of data with the same. */
let server: ReturnType<typeof createServer>
let received = ''
let cable: Cable
const open = new Set<Socket>()

beforeEach(async () => {
  received = ''
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received += chunk
      socket.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cable = await layCable((server.address() as AddressInfo).port)
})
afterEach(async () => {
  for (const socket of open) socket.destroy()
  await cable.close()
  server.close()
})

const dial = () => {
  const socket = connect(cable.port, '127.0.0.1')
  open.add(socket)
  const said = { text: '', closed: false }
  socket.on('data', (chunk) => {
    said.text += chunk
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    said.closed = true
  })
  return { socket, said }
}
const answered = async ({ socket, said }: ReturnType<typeof dial>, text: string) => {
  socket.write(text)
  await until(`${text} comes back`, 5_000, () => said.text.endsWith(text))
}

test('carries everything both ways, slowly too, in its order', async () => {
  const line = dial()
  await answered(line, 'hello')
  cable.slow(20)
  const since = Date.now()
  for (let n = 0; n < 5; n++) line.socket.write(`<${n}>`)
  await until('all comes back', 5_000, () => line.said.text === 'hello<0><1><2><3><4>')
  expect(Date.now() - since).toBeGreaterThanOrEqual(40)
})

test('cut, connections break, and new ones work at once', async () => {
  const line = dial()
  await answered(line, 'hello')
  cable.cut()
  await until('it is closed', 5_000, () => line.said.closed)
  await answered(dial(), 'again')
})

test('pulled, no connection works until it is plugged in', async () => {
  const before = dial()
  await answered(before, 'hello')
  cable.pull()
  const meanwhile = dial()
  await until('both are closed', 5_000, () => before.said.closed && meanwhile.said.closed)
  expect(meanwhile.said.text).toBe('')
  cable.plugIn()
  await answered(dial(), 'again')
})

test('swallowing, requests arrive and answers do not', async () => {
  const line = dial()
  await answered(line, 'hello')
  cable.swallow()
  line.socket.write('work')
  await until('the request has arrived', 5_000, () => received === 'hellowork')
  cable.breakSwallowed()
  await until('it is closed', 5_000, () => line.said.closed)
  expect(line.said.text).toBe('hello')
  await answered(dial(), 'again')
})
