import { expect, test } from '@jest/globals'
import { createHealth } from './health.ts'

test('ready when every check passes; why one fails goes to the log, not into the report', async () => {
  const failures: string[] = []
  const health = createHealth((name, error) => failures.push(`${name}: ${error}`))
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
  expect(failures.sort()).toEqual(['kafka: Error: no broker', 'postgres: Error: no pool'])
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

test('a check that does not answer in time has failed', async () => {
  const health = createHealth(() => {})
  health.add('hung', () => new Promise(() => {}))
  expect(await health.report()).toEqual({ ready: false, checks: { hung: 'failed' } })
})
