import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createLog, maskSecrets } from './log.ts'

function capture(level = 'info') {
  const lines: string[] = []
  const log = createLog({ write: (line) => lines.push(line) }, level)
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

test('a line is JSON with time, level, message and whatever was given', () => {
  const { log, last } = capture()
  log.child({ unit: 'relay', requestId: 'r1', commandId: 'c1' }).warn({ position: 7 }, 'behind')
  expect(last()).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'warn',
    unit: 'relay',
    requestId: 'r1',
    commandId: 'c1',
    position: 7,
    msg: 'behind',
  })
})

test('lines below the level are not written', () => {
  const { log, lines } = capture('warn')
  log.info('x')
  expect(lines).toEqual([])
})

/** Of three, in milliseconds: others on the machine only ever make it slower. */
function fastest(line: string): number {
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now()
    maskSecrets(line)
    return performance.now() - started
  })
  return Math.min(...times)
}

describe('secrets never reach a line', () => {
  test('in fields by the usual names, at any depth', () => {
    const { log, lines } = capture()
    const secret = {
      password: 'hunter2',
      authorization: 'hunter2',
      cookie: 'hunter2',
      'set-cookie': ['hunter2'],
      token: 'hunter2',
    }
    log.info({ ...secret, a: [{ b: { c: { d: { headers: secret } } } }] }, 'x')
    expect(lines.join('')).not.toContain('hunter2')
  })

  test.each([
    ['postgres://relay:hunter2@db:5432/x', 'postgres://relay:***@db:5432/x'],
    ['redis://:hunter2@cache', 'redis://:***@cache'],
    ['Authorization: Bearer hunter2.x-y', 'Authorization: Bearer ***'],
    ['token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln end', 'token *** end'],
    ['http://host:8080/a@b', 'http://host:8080/a@b'],
  ])('in messages: %s', (message, masked) => {
    const { log, last } = capture()
    log.info(message)
    expect(last().msg).toBe(masked)
  })

  test('in the stack and the cause of an error', () => {
    const { log, lines } = capture()
    log.error(new Error('connect postgres://relay:hunter2@db failed', { cause: new Error('Bearer hunter2') }))
    expect(lines.join('')).not.toContain('hunter2')
  })

  test('whatever password a URL holds, and the line stays JSON', () => {
    const password = fc.stringMatching(/^[\w!$%&'()*+,.;=~-]{8,30}$/).map((word) => `Pw0${word}`)
    fc.assert(
      fc.property(password, fc.constantFrom('postgres', 'http', 'kurrentdb'), (word, scheme) => {
        const { log, lines, last } = capture()
        log.info({ url: `${scheme}://user:${word}@host/db?a=b` }, 'x')
        expect(lines.join('')).not.toContain(word)
        expect(last().url).toBe(`${scheme}://user:***@host/db?a=b`)
      }),
    )
  })

  test('masking takes time in proportion to the line', () => {
    for (const piece of ['://', 'eyJ', '://a:', 'Bearer ', 'eyJ.', ':a']) {
      // Eight times the line is 64 times the work where the time is quadratic. The allowance is for a busy machine.
      const [short, long] = [fastest(piece.repeat(10_000)), fastest(piece.repeat(80_000))]
      expect(long).toBeLessThan(24 * short + 20)
    }
  })
})
