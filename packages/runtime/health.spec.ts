import { expect, test } from '@jest/globals'
import { createHealth } from './health.ts'

test('ready when every check passes; why one fails goes to the log, not into the report', async () => {
  const failures: string[] = []
  const health = createHealth((name, reason) => failures.push(`${name}: ${reason}`))
  expect(await health.report()).toEqual({ ready: true, checks: {} })
  health.add('kurrentdb', () => Promise.resolve())
  health.add('kafka', () => Promise.reject(new Error('no broker')))
  health.add('postgres', () => {
    throw new Error('no pool')
  })
  expect(await health.report()).toEqual({
    ready: false,
    checks: { kurrentdb: 'ok', kafka: 'failed', postgres: 'failed' },
  })
  expect(failures.sort()).toEqual(['kafka: no broker', 'postgres: no pool'])
})

test('probes that come at once share one run of the checks', async () => {
  const health = createHealth(() => {})
  let runs = 0
  health.add('slow', async () => {
    runs++
  })
  await Promise.all([health.report(), health.report(), health.report()])
  expect(runs).toBe(1)
  await health.report()
  expect(runs).toBe(2)
})

test('a failing check is told once, again when the reason or the failure is new, however often probes come', async () => {
  const told: string[] = []
  const health = createHealth((_, reason) => told.push(reason))
  const answers = ['down', 'down', 'halted', 'halted', null, 'halted']
  let failure: string | null = null
  health.add('list', async () => {
    if (failure !== null) throw new Error(failure)
  })
  for (failure of answers) await health.report()
  expect(told).toEqual(['down', 'halted', 'halted'])
})

test('a check that does not answer in time has failed', async () => {
  const health = createHealth(() => {})
  health.add('hung', () => new Promise(() => {}))
  expect(await health.report()).toEqual({ ready: false, checks: { hung: 'failed' } })
})
