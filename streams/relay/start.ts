import { connectPostgres, liveGeneration, onLiveGeneration } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { connectKafka, connectProducer, connectRegistry, createTopics } from '@bizosaas/kafka'
import { type Health, log, type Settings, type Stop } from '@bizosaas/runtime'
import { topicName, topics } from '@bizosaas/schemas'
import { follow } from './follow.ts'
import { guard } from './guard.ts'
import { exposeLag } from './lag.ts'
import { Superseded, takeLedger } from './ledger.ts'
import { publishing } from './publishing.ts'
import { relay } from './relay.ts'
import { noteSchemas } from './schema-notes.ts'
import { checkedTails } from './start-up.ts'
import { noTails } from './tails.ts'

export type RelayConfig = Settings<(typeof relaySettings)[number]>

export const relaySettings = [
  'KURRENTDB_URL',
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'POSTGRES_RELAY_URL',
  'TOPIC_GENERATION',
  'TOPIC_PARTITIONS',
] as const

/** The ledger's tables: to be applied as the owner of the database, before the first start. */
export const relayMigrations = new URL('./migrations/', import.meta.url)

/**
 * Starts the relay as a unit, on the generation that is live. When it fails later, the error is left uncaught, so that the
 * process ends and is started anew.
 */
export const start = async (config: RelayConfig, health?: Health): Promise<Stop> => {
  const first = config.TOPIC_GENERATION
  const db = connectPostgres(config.POSTGRES_RELAY_URL, { name: 'relay', connections: 1, statementTimeoutMs: 5_000 })
  let current: RunningRelay | null = null
  health?.add('relay', async () => {
    if (current === null) throw new Error('The relay does not publish yet')
    current.check()
  })
  const open = async (generation: string): Promise<Stop> => {
    const running = await startRelay({ ...config, TOPIC_GENERATION: generation })
    current = running
    running.ended.catch(async (error) => {
      // Superseded because its generation was succeeded: it is opened again on the next one.
      const live = await liveGeneration(db, first).catch(() => generation)
      if (error instanceof Superseded && live !== generation) return
      setImmediate(() => {
        throw error
      })
    })
    return running.stop
  }
  try {
    const stop = await onLiveGeneration(db, { first, log: log.child({ unit: 'relay' }), open })
    return async () => {
      await stop()
      await db.close()
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

export type RunningRelay = {
  readonly stop: Stop
  /** Rejects when the relay fails. */
  readonly ended: Promise<void>
  /** @throws when somebody has to look at the event store */
  readonly check: () => void
}

/** @throws CannotStart when what was published before is missing somewhere */
export const startRelay = async (config: RelayConfig): Promise<RunningRelay> => {
  const { TOPIC_GENERATION: generation, TOPIC_PARTITIONS: partitions } = config
  const unitLog = log.child({ unit: 'relay', generation })
  const store = connectEventStore(config.KURRENTDB_URL)
  const db = connectPostgres(config.POSTGRES_RELAY_URL, { name: 'relay', connections: 2, statementTimeoutMs: 30_000 })
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'relay' })
  const stopping = new AbortController()
  const closing: Stop[] = [() => db.close(), () => store.close()]
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }

  try {
    const registry = await connectRegistry(config.SCHEMA_REGISTRY_URL)
    await registry.registerAll()
    const ledger = await takeLedger(db, { generation, partitions, stopping: stopping.signal, log: unitLog })
    await noteSchemas(db, generation, registry)
    await createTopics(
      kafka,
      topics.map((kind) => topicName(kind, generation)),
      partitions,
    )
    const tails = await checkedTails({ store, kafka, generation, partitions }, ledger.last)
    const producer = await connectProducer(kafka)
    closing.push(() => producer.close())
    unitLog.info({ epoch: ledger.epoch, position: ledger.last?.position ?? null }, 'publishing')

    const conceal = exposeLag(store, ledger.last?.position ?? null)
    closing.push(async () => conceal())
    const watching = guard(unitLog)
    const { last } = ledger
    const after = last === null ? null : { stream: '', position: last.position, id: last.eventId }
    const running = relay({
      generation,
      tails,
      ledger,
      producer,
      guard: watching,
      publishing: publishing({ generation, partitions, registry, tails, noted: last?.tails ?? noTails(partitions) }),
      pieces: follow(store, { after, signal: stopping.signal, log: unitLog }),
    })
    const ended = (async () => {
      try {
        await running
      } finally {
        stopping.abort() // what reads on would connect to the store anew
        await close()
      }
    })()
    return {
      ended,
      check: watching.check,
      stop: async () => {
        stopping.abort()
        await ended.catch(() => {}) // whoever holds `ended` knows already
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
