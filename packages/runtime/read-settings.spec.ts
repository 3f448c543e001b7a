import { describe, expect, test } from '@jest/globals'
import { InvalidSettings } from './invalid-settings.ts'
import { readSettings } from './read-settings.ts'
import { type Setting, type SettingName, settings } from './settings.ts'

const complaints = (read: () => unknown): readonly string[] => {
  try {
    read()
  } catch (error) {
    if (error instanceof InvalidSettings) return error.complaints
  }
  throw new Error('nothing was complained of')
}

describe('what is read', () => {
  test('values in their types, defaults for what is absent or empty, and nothing else', () => {
    const env = { QUERY_PORT: ' 9000 ', KAFKA_BROKERS: 'a:1, b:2', HOST: '', LOG_LEVEL: 'warn', OTHER: 'x' }
    expect(readSettings(['QUERY_PORT', 'KAFKA_BROKERS', 'HOST', 'LOG_LEVEL'], env)).toEqual({
      QUERY_PORT: 9000,
      KAFKA_BROKERS: ['a:1', 'b:2'],
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
    })
  })

  test('every default fits its own schema', () => {
    const definitions: [string, Setting][] = Object.entries(settings)
    const names = definitions.filter(([, { default: standard }]) => standard !== undefined).map(([name]) => name)
    expect(() => readSettings(names as SettingName[], {})).not.toThrow()
  })
})

describe('what is wrong is all named at once', () => {
  test('missing and malformed, with what is expected', () => {
    const env = { QUERY_PORT: '80000', KAFKA_BROKERS: 'kafka', LOG_LEVEL: 'loud' }
    expect(complaints(() => readSettings(['QUERY_PORT', 'KAFKA_BROKERS', 'LOG_LEVEL', 'CLAIM_KEY'], env))).toEqual([
      'QUERY_PORT is "80000": expected a port, 1 to 65535',
      'KAFKA_BROKERS is "kafka": expected host:port, several with commas between',
      'LOG_LEVEL is "loud": expected trace, debug, info, warn, error, fatal or silent',
      'CLAIM_KEY is missing: HMAC key of the claims that keep names unique; expected at least 32 bytes in hexadecimal',
    ])
  })

  test('a malformed secret is not shown', () => {
    const env = { POSTGRES_QUERY_URL: 'mysql://query:hunter2@db/x' }
    const [complaint] = complaints(() => readSettings(['POSTGRES_QUERY_URL'], env))
    expect(complaint).toMatch(/^POSTGRES_QUERY_URL is malformed: expected a URL such as/)
    expect(complaint).not.toContain('hunter2')
  })

  test('a name of ours that is none, with the one that was meant', () => {
    expect(complaints(() => readSettings([], { BIZOSAAS_DATADIR: 'x', BIZOSAAS_ZZZZZZZZ: 'x' }))).toEqual([
      'BIZOSAAS_DATADIR in the environment is not a setting; did you mean BIZOSAAS_DATA_DIR?',
      'BIZOSAAS_ZZZZZZZZ in the environment is not a setting',
    ])
  })
})
