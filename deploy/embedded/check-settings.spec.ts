import { expect, test } from '@jest/globals'
import { checkSettings } from './check-settings.ts'

test('a malformed setting of any unit stops the start before a part starts, all of them named', () => {
  const environment = { TOPIC_PARTITIONS: 'many', TOPIC_GENERATION: '2', LOG_LEVEL: 'loud', POSTGRES_PORT: '0' }
  for (const name of Object.keys(environment)) expect(() => checkSettings(environment)).toThrow(name)
})

test('an unknown name of ours stops it', () => {
  expect(() => checkSettings({ BIZOSAAS_DATADIR: 'x' })).toThrow('did you mean BIZOSAAS_DATA_DIR?')
})

test("an address or a key of somebody else's part is refused, not overridden in silence", () => {
  const environment = { POSTGRES_QUERY_URL: 'postgres://query:hunter2@db/x', KAFKA_BROKERS: 'kafka:9092' }
  const refused = () => checkSettings(environment)
  expect(refused).toThrow('POSTGRES_QUERY_URL is given')
  expect(refused).toThrow('KAFKA_BROKERS is given')
  expect(refused).not.toThrow('hunter2')
})

test('what needs no setting starts without any, whatever else the environment names', () => {
  expect(() => checkSettings({ PATH: '/bin', HOST: 'laptop', KURRENTDB_URL: '' })).not.toThrow()
})
