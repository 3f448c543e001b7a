import { describe, expect, test } from '@jest/globals'
import { readArguments } from './arguments.ts'

const env = { BIZOSAAS_TOKEN: 't' }
const to = { url: 'http://127.0.0.1:8003', queryUrl: 'http://127.0.0.1:8007', token: 't' }
const model = 'campaign-list'
const nothing = { reason: null, acceptDifference: null }

describe('the command line', () => {
  test('reads what is to be built, and how', () => {
    const plain = { to, verb: 'build', model, workers: 1, definition: null, watch: false, cutOver: false, ...nothing }
    expect(readArguments([model], env)).toEqual(plain)
    const more = [
      '--workers',
      '2',
      '--definition',
      '3',
      '--watch',
      '--cut-over',
      '--accept-diff',
      'ab',
      '--reason',
      'so',
    ]
    const said = { workers: 2, definition: 3, watch: true, cutOver: true, acceptDifference: 'ab', reason: 'so' }
    expect(readArguments([model, ...more], env)).toEqual({ ...plain, ...said })
  })

  test('reads each verb, about the newest rebuild or the one that is named', () => {
    expect(readArguments(['list', model], env)).toEqual({ to, verb: 'list', model })
    for (const verb of ['watch', 'diff'])
      expect(readArguments([verb, model], env)).toEqual({ to, verb, model, id: null })
    for (const verb of ['pause', 'resume', 'cancel', 'verify', 'cut-over', 'roll-back', 'retire'])
      expect(readArguments([verb, model, 'i'], env)).toEqual({ to, verb, model, id: 'i', ...nothing })
    const accepted = ['cut-over', model, '--accept-diff', 'ab', '--reason', 'so']
    expect(readArguments(accepted, env)).toMatchObject({ acceptDifference: 'ab', reason: 'so' })
  })

  test('asks for help', () => {
    expect(readArguments(['--help'], {})).toBeNull()
    expect(readArguments([], {})).toBeNull()
  })

  test.each([
    [[model], {}, 'Give an access token'],
    [['pause'], env, 'Name the read model: pause <model>'],
    [['--watch'], env, 'Name the read model;'],
    [[model, 'ad-metrics'], env, 'One read model at a time'],
    [['pause', model, 'i', 'j'], env, 'One read model at a time'],
    [[model, '--workers', 'two'], env, '--workers is a whole number from 1, not two'],
    [[model, '--definition', '0'], env, '--definition is a whole number'],
    [[model, '--cut-over', '--accept-diff', 'ab'], env, 'Say why'],
    [[model, '--accept-diff', 'ab', '--reason', 'so'], env, 'goes with a cut-over'],
    [['retire', model, '--accept-diff', 'ab', '--reason', 'so'], env, 'goes with a cut-over'],
    [[model, '--wath'], env, "Unknown option '--wath'"],
  ])('%j says what is wrong', (args, environment, message) => {
    expect(() => readArguments(args, environment)).toThrow(message)
  })
})
