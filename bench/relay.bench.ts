/**
 * How many events the relay carries from the event store into Kafka, beside what the event store gives to anyone who reads
 * all of it, and beside what Kafka takes of the very same records. Each is a process of its own.
 */
import { openGenerations } from './lib/generations.ts'
import { makeHistory, rowsOfDay } from './lib/history.ts'
import { openParts } from './lib/parts.ts'
import { atLeastRatio, type Comparison, publish } from './lib/report.ts'
import { type Candidate, takeTurns } from './lib/rounds.ts'
import { startWorker } from './lib/worker.ts'
import type { Produced, ProduceTask } from './relay/produce.ts'

const partitions = 12
const units = { rate: 'events/s' }

export const bench = async (print: (line: string) => void, rounds: number): Promise<string> => {
  const parts = await openParts(print)
  await parts.start('kurrentdb', 'kafka', 'schema-registry', 'postgres')
  await parts.migrate()
  const settings = { ...parts.settings, TOPIC_PARTITIONS: String(partitions) }
  const { KURRENTDB_URL: url = '', KAFKA_BROKERS: brokers = '' } = parts.settings

  const history = await makeHistory(url, print)
  const generations = openGenerations(parts.settings)
  const reader = startWorker<string, { events: number; seconds: number }>(
    new URL('./relay/read-all.ts', import.meta.url),
  )
  const relay = startWorker<string | null, number>(new URL('./relay/relay.ts', import.meta.url), settings)
  const producer = startWorker<ProduceTask, Produced>(new URL('./relay/produce.ts', import.meta.url))
  const mustBeAll = (found: number, where: string): void => {
    if (found !== history.events) throw new Error(`${history.events} events are stored, but ${found} are ${where}`)
  }

  const readAll: Candidate<keyof typeof units> = {
    name: 'readAll',
    units,
    run: async () => {
      const { events, seconds } = await reader.run(url)
      mustBeAll(events, 'read')
      return { rate: events / seconds }
    },
  }
  const publishing: Candidate<keyof typeof units> = {
    name: 'relay',
    units,
    run: async (round) => {
      const generation = generations.next()
      const began = await relay.run(generation)
      const published = await generations.published(generation, history.lastPosition)
      await relay.run(null)
      mustBeAll(await generations.records(generation), 'in Kafka')
      if (round === 0) await producer.run({ type: 'learn', brokers: brokers.split(','), partitions, generation })
      await generations.remove(generation)
      return { rate: history.events / ((published - began) / 1_000) }
    },
  }
  let bytes = 0
  const producing: Candidate<keyof typeof units> = {
    name: 'bare producer',
    units,
    run: async () => {
      const generation = generations.next()
      const produced = await producer.run({ type: 'produce', brokers: brokers.split(','), partitions, generation })
      bytes = produced.bytes
      mustBeAll(await generations.records(generation), 'in Kafka')
      await generations.remove(generation)
      return { rate: produced.records / produced.seconds }
    },
  }

  const measured = await takeTurns([readAll, publishing, producing], rounds, print)
  return publish('relay', measured, comparisons, [
    `${history.events} events by concurrent writers, streams interleaved: ${history.campaignEvents} of ${history.campaigns} campaigns, ${history.metricsEvents} with ${rowsOfDay} rows of ad metrics each; ${Math.round(bytes / history.events)} bytes a record with key and headers.`,
    'readAll: the event store through the adapter that the relay uses, 1,000 events a page, nothing done with them.',
    `relay: from its first read until its ledger shows the last position; ${partitions} partitions a topic, a fresh generation each time, all records counted in Kafka afterwards.`,
    'bare producer: the records of the relay, laid out beforehand, 1,000 a batch, one batch in flight, idempotent, acks=all, by the client that the relay uses.',
    'Event store (the embedded node), Kafka, PostgreSQL and what is measured share the cores; all of them run warm.',
  ])
}

const comparisons: Comparison[] = [
  { row: 'relay/rate', beside: 'readAll/rate', goal: atLeastRatio(0.8) },
  { row: 'relay/rate', beside: 'bare producer/rate' },
]
