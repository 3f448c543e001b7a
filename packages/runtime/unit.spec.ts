import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from '@jest/globals'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Runs a unit whose `start` is the given code, as a process of its own. */
function run(start: string) {
  const code = `
    const { runUnit, CannotStart, readSettings } = await import('${new URL('./index.ts', import.meta.url)}')
    await runUnit('unit', ${start})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env: { PATH: process.env.PATH } })
  children.push(child)
  let out = ''
  let errors = ''
  const started = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.includes('"started"')) resolve()
    })
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<{ code: number | null; out: string; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, errors }))
  })
  return { child, started, ended }
}

const keepAlive = 'setInterval(() => {}, 1000);'

describe('a unit', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('stops once on %s and exits 0', async (signal) => {
    const { child, started, ended } = run(`() => { ${keepAlive} return async () => { console.log('stopping now') } }`)
    await started
    child.kill(signal)
    const { code, out } = await ended
    expect(code).toBe(0)
    expect(out.match(/stopping now/g)).toHaveLength(1)
    expect(out).toContain('"stopped"')
  })

  test('ends at once with code 1 on a second signal', async () => {
    const { child, started, ended } = run(
      `() => { ${keepAlive} return () => { process.kill(process.pid, 'SIGINT'); return new Promise(() => {}) } }`,
    )
    await started
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 1, out: expect.stringContaining('second signal') })
  })

  test.each([
    [
      'an uncaught error',
      `() => { ${keepAlive} setImmediate(() => { throw new Error('boom') }); return async () => {} }`,
    ],
    ['an unhandled rejection', `() => { ${keepAlive} Promise.reject(new Error('boom')); return async () => {} }`],
    ['a start that fails', `() => { throw new Error('boom') }`],
  ])('logs %s and exits 1', async (_, start) => {
    const { code, out } = await run(start).ended
    expect(code).toBe(1)
    expect(out).toContain('"level":"fatal"')
    expect(out).toContain('boom')
  })

  test.each([
    ['CannotStart', `() => { throw new CannotStart('The port is taken.') }`, 'unit: The port is taken.\n'],
    [
      'wrong settings',
      `() => readSettings(['QUERY_PORT'], { QUERY_PORT: 'x' })`,
      'unit: Cannot start, a setting is wrong:\n  QUERY_PORT is "x": expected a port, 1 to 65535\n',
    ],
  ])('tells the person about %s in plain words and exits 1', async (_, start, message) => {
    expect(await run(start).ended).toEqual({ code: 1, out: '', errors: message })
  })
})
