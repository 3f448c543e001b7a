import { afterEach, expect, test } from '@jest/globals'
import { withProbes } from './probes.ts'
import { freePort } from './spec-support/free-port.ts'
import type { Stop } from './unit.ts'

const host = '127.0.0.1'
const cleanUps: Stop[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

async function ask(port: number, path: string) {
  const answer = await fetch(`http://${host}:${port}${path}`)
  return { status: answer.status, text: await answer.text() }
}

test('a unit is alive at once, ready when it has started, and not while a check fails', async () => {
  const port = await freePort()
  let halted = false
  const stop = await withProbes({ name: 'unit', host, port }, async (health) => {
    expect(await ask(port, '/livez')).toEqual({ status: 200, text: '{"alive":true}' })
    expect(await ask(port, '/readyz')).toMatchObject({ status: 503 })
    health.add('list', async () => {
      if (halted) throw new Error('partition 3 is halted')
    })
    return async () => {}
  })
  cleanUps.push(stop)
  expect(await ask(port, '/readyz')).toEqual({ status: 200, text: '{"ready":true,"checks":{"list":"ok"}}' })
  halted = true
  expect(await ask(port, '/readyz')).toEqual({ status: 503, text: '{"ready":false,"checks":{"list":"failed"}}' })
  expect(await ask(port, '/livez')).toMatchObject({ status: 200 })
  expect(await ask(port, '/metrics')).toMatchObject({
    status: 200,
    text: expect.stringContaining('unit_check_up{unit="unit",check="list"} 0'),
  })
  expect(await ask(port, '/')).toMatchObject({ status: 404 })
})

test('stopping stops the unit first and then frees the port, also when the unit cannot start', async () => {
  const port = await freePort()
  const watched = { name: 'unit', host, port }
  const stop = await withProbes(watched, async () => async () => {
    expect(await ask(port, '/livez')).toMatchObject({ status: 200 })
  })
  await stop()
  await expect(withProbes(watched, () => Promise.reject(new Error('no broker')))).rejects.toThrow('no broker')
  cleanUps.push(await withProbes(watched, async () => async () => {}))
})

test('a taken port stops the start with the setting to change, before the unit starts', async () => {
  const port = await freePort()
  cleanUps.push(await withProbes({ name: 'first', host, port }, async () => async () => {}))
  let started = false
  const second = withProbes({ name: 'second', host, port }, async () => {
    started = true
    return async () => {}
  })
  await expect(second).rejects.toThrow(`second cannot listen on ${host}:${port} (EADDRINUSE): set HEALTH_PORT`)
  expect(started).toBe(false)
})
