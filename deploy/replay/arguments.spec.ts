import { expect, test } from '@jest/globals'
import { readArguments } from './arguments.ts'

test('a replay is of an instant or a position, of all models or one', () => {
  const asked = { type: 'replay', label: 'march', model: null, workers: 1 }
  expect(readArguments(['--until', '81233', '--into', 'march'])).toEqual({ ...asked, until: { position: 81233 } })
  expect(
    readArguments(['--until', '2026-03-31T22:00:00Z', '--into', 'march', '--model', 'campaign-list', '--workers', '2']),
  ).toEqual({ ...asked, until: { instant: '2026-03-31T22:00:00.000000Z' }, model: 'campaign-list', workers: 2 })
  expect(readArguments(['list'])).toEqual({ type: 'list' })
  expect(readArguments(['drop', 'march'])).toEqual({ type: 'drop', label: 'march' })
  expect(readArguments(['--help'])).toEqual({ type: 'help' })
})

test.each([
  [['--until', '1'], '--into'],
  [['--into', 'march'], '--until'],
  [['--until', 'yesterday', '--into', 'march'], 'neither a position nor an instant'],
  [['--until', '1', '--into', 'v3'], 'is no name'],
  [['--until', '1', '--into', 'März'], 'is no name'],
  [['--until', '1', '--into', 'march', '--model', 'nothing'], 'There is no read model nothing'],
  [['--until', '1', '--into', 'march', '--workers', '0'], '--workers'],
  [['forget', 'march'], 'is not understood'],
  [['--since', '1'], '--help'],
])('%j is told what is wrong with it', (args, what) => {
  expect(() => readArguments(args)).toThrow(what)
})
