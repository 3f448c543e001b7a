import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { projections } from '@bizosaas/projections/all.ts'
import { afterEach, expect, jest, test } from '@jest/globals'
import type { Ports } from './ports.ts'
import { unitProcesses } from './unit-processes.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

const [model = ''] = projections.map(({ name }) => name)

/** The process of the flow, of which a test says what it answers, and what time it is. */
async function flow() {
  let report: { ready: boolean; checks: Readonly<Record<string, string>> } = { ready: false, checks: {} }
  let now = 1_000_000
  jest.spyOn(Date, 'now').mockImplementation(() => now)
  const server = createServer((_, answer) => {
    answer.writeHead(report.ready ? 200 : 503).end(JSON.stringify(report))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ports = { HEALTH_PORT: (server.address() as AddressInfo).port } as Ports
  const [part] = unitProcesses(ports, {})
  return {
    says: (checks: Readonly<Record<string, string>>) => {
      report = { ready: Object.values(checks).every((found) => found === 'ok'), checks }
    },
    after: (ms: number) => {
      now += ms
    },
    isUp: () =>
      part?.probe(AbortSignal.timeout(10_000)).then(
        () => true,
        () => false,
      ),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('the relay and the projections are up although a read model is lost, once all had the time to begin', async () => {
  const { says, after, isUp, close } = await flow()
  try {
    expect(await isUp()).toBe(false)
    after(60_000)
    // Nothing is checked yet, so that nobody has begun.
    expect(await isUp()).toBe(false)
    says({ relay: 'ok', [model]: 'failed' })
    expect(await isUp()).toBe(false)
    after(19_000)
    expect(await isUp()).toBe(false)
    after(1_000)
    expect(await isUp()).toBe(true)
    says({ relay: 'failed', [model]: 'ok' })
    expect(await isUp()).toBe(false)
    says({ relay: 'ok', [model]: 'ok' })
    expect(await isUp()).toBe(true)
  } finally {
    await close()
  }
  // Begun again, it has as much time again.
  expect(await isUp()).toBe(false)
})
