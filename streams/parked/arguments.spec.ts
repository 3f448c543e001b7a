import { describe, expect, test } from '@jest/globals'
import { readArguments } from './arguments.ts'

const env = { BIZOSAAS_TOKEN: 't' }
const to = { url: 'http://127.0.0.1:8003', queryUrl: 'http://127.0.0.1:8007', token: 't' }

describe('the command line', () => {
  test('reads each verb with what it needs', () => {
    expect(readArguments(['list'], env)).toEqual({ to, verb: 'list' })
    expect(readArguments(['show', 'i'], env)).toEqual({ to, verb: 'show', id: 'i' })
    expect(readArguments(['redrive', 'i'], env)).toEqual({ to, verb: 'redrive', id: 'i', reason: null })
    expect(readArguments(['skip', 'i', '--position', '42', '--reason', 'so'], env)).toEqual({
      to,
      verb: 'skip',
      id: 'i',
      position: 42,
      reason: 'so',
    })
  })

  test('finds the services and the token by the settings', () => {
    expect(readArguments(['list'], { ...env, ANALYTICS_PORT: '9003', QUERY_PORT: '9007' })).toMatchObject({
      to: { url: 'http://127.0.0.1:9003', queryUrl: 'http://127.0.0.1:9007', token: 't' },
    })
  })

  test('asks for help', () => {
    expect(readArguments(['--help'], {})).toBeNull()
    expect(readArguments([], {})).toBeNull()
  })

  test.each([
    [['list'], {}, 'Give an access token'],
    [['list', 'i'], env, 'One stream at a time'],
    [['skip', 'i', 'j'], env, 'One stream at a time'],
    [['drop', 'i'], env, 'Say list, show, redrive or skip, not drop'],
    [['--reason', 'so'], env, 'Say list, show, redrive or skip;'],
    [['redrive'], env, 'Name the parked stream'],
    [['skip', 'i', '--reason', 'so'], env, 'by its position'],
    [['skip', 'i', '--position', 'first', '--reason', 'so'], env, 'by its position'],
    [['skip', 'i', '--position', '1'], env, 'Say why'],
    [['list', '--url', 'here'], env, '--url here is not a URL'],
    [['list', '--query-url', 'here'], env, '--query-url here is not a URL'],
    [['list', '--tokn', 't'], env, "Unknown option '--tokn'"],
  ])('%j says what is wrong', (args, environment, message) => {
    expect(() => readArguments(args, environment)).toThrow(message)
  })
})
