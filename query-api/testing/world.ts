/**
 * A world for the tests of this folder: events that one makes up, published in the relay's ledger and applied by the projections' own sinks
 * to the real databases, and a query API that serves them. Its topics are a generation of its own and its tenants are new, so that it
 * stands beside whatever else is in the databases.
 */
import { generateKeyPairSync, randomInt, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { connectClickHouse, connectPostgres, migrate } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { type Permission, type Role, signAccessToken } from '@bizosaas/http'
import { publishKeys } from '@bizosaas/http/testing/published-keys.ts'
import { nothingBefore, partitioner, printToken, type TopicRecord } from '@bizosaas/kafka'
import { projections } from '@bizosaas/projections/all.ts'
import { parkingOrders } from '@bizosaas/projections/analytics/parking-orders/parking-orders.ts'
import { advance } from '@bizosaas/projections/runner/advance.ts'
import { makeCheckpoints, readCheckpoints } from '@bizosaas/projections/runner/checkpoint.ts'
import { clickhouseSink } from '@bizosaas/projections/runner/clickhouse-sink.ts'
import { pendingOrders } from '@bizosaas/projections/runner/orders.ts'
import { postgresSink } from '@bizosaas/projections/runner/postgres-sink.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { redrive } from '@bizosaas/projections/runner/redrive.ts'
import { ensureClickHouseTable, ensurePostgresTable } from '@bizosaas/projections/runner/tables.ts'
import { readSettings } from '@bizosaas/runtime'
import {
  ClientId,
  canonical,
  type EventData,
  type EventType,
  encode,
  type Instant,
  instantOf,
  partitionKeyOf,
  schemaOf,
  streamName,
  TenantId,
  topicName,
  topicOf,
  topics,
} from '@bizosaas/schemas'
import { keyMigrations } from '@bizosaas/sealed'
import { start } from '../start.ts'

export interface Who {
  readonly tenantId: TenantId
  readonly clientId: ClientId
}

/** Of one client, or of the agency itself. */
type Whose = Omit<Who, 'clientId'> & { readonly clientId: ClientId | null }

/** Of all clients of the tenant, of one, or of some. */
export interface Sender {
  readonly tenantId: string
  readonly subject?: string
  readonly clientId?: string
  readonly clientIds?: readonly string[]
  /** Of roles of the agency's own. */
  readonly permissions?: readonly Permission[]
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

const partitions = 3
const comesAgainForMs = 20_000

export async function openWorld() {
  const settings = readSettings([
    'KURRENTDB_URL',
    'POSTGRES_ADMIN_URL',
    'POSTGRES_RELAY_URL',
    'POSTGRES_AUDITOR_URL',
    'POSTGRES_PROJECTOR_URL',
    'POSTGRES_QUERY_URL',
    'POSTGRES_KEEPER_URL',
    'POSTGRES_OPENER_URL',
    'LOOKUP_KEY',
    'MASTER_KEY',
    'VAULT_TOKEN_FILE',
    'CLICKHOUSE_PROJECTOR_URL',
    'CLICKHOUSE_QUERY_URL',
    'REDIS_URL',
  ])
  // Longer than any that the settings take, so that it is of no other test and of no system.
  const generation = `g${randomInt(1e9, 2 ** 47)}`
  await migrate(settings.POSTGRES_ADMIN_URL, new URL('../../projections/migrations/', import.meta.url), 'read-model')
  await migrate(settings.POSTGRES_ADMIN_URL, new URL('../../streams/relay/migrations/', import.meta.url), 'relay')
  await migrate(settings.POSTGRES_ADMIN_URL, new URL('../../streams/audit/migrations/', import.meta.url), 'audit')
  await migrate(settings.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
  const options = { name: 'test', connections: 2, statementTimeoutMs: 30_000 }
  const relay = connectPostgres(settings.POSTGRES_RELAY_URL, options)
  const auditor = connectPostgres(settings.POSTGRES_AUDITOR_URL, options)
  const owner = connectPostgres(settings.POSTGRES_ADMIN_URL, options)
  const projector = connectPostgres(settings.POSTGRES_PROJECTOR_URL, options)
  const clickhouse = connectClickHouse(settings.CLICKHOUSE_PROJECTOR_URL, { name: 'test' })
  const store = connectEventStore(settings.KURRENTDB_URL)
  await relay.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, $2)', [generation, partitions])

  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keySet = await publishKeys(() => [keys.publicKey])
  const trust = { issuer: 'http://test.local/oidc', audience: 'test' }
  const config = {
    ...settings,
    TOPIC_GENERATION: generation,
    JWT_ISSUER: trust.issuer,
    JWT_AUDIENCE: trust.audience,
    JWKS_URL: keySet.url,
    HOST: '127.0.0.1',
    QUERY_PORT: 0,
  }
  const serving = await start(config)

  const records: TopicRecord[] = []
  const published = { seq: 0, records: 0 }
  let position = randomInt(1_000_000) * 100
  const partitionOf = partitioner(partitions)

  let clock = Date.now() - 24 * 60 * 60 * 1000
  /** The clock of this world, a day behind: a second goes by with each look at it, so that no two events are recorded at once. */
  const tick = (): Instant => {
    clock += 1000
    return instantOf(new Date(clock))
  }

  /** Makes up an event, as the next one of its stream and of its partition. */
  const record = <T extends EventType>(
    type: T,
    id: string,
    data: EventData[T],
    who: Whose,
    at = tick(),
    eventId: string = randomUUID(),
    storedAt: number | null = null,
    origin: string | null = null,
  ) => {
    const { category, version } = schemaOf(type)
    if (category === null) throw new Error(`${type} belongs to no stream`)
    const stream = streamName(category, who.tenantId, id)
    const topic = topicName(topicOf(category), generation)
    const partition = partitionOf(partitionKeyOf({ category, tenantId: who.tenantId, id }))
    const before = records.filter((other) => other.topic === topic && other.partition === partition)
    position = storedAt ?? position + randomInt(1, 200)
    const metadata = {
      tenantId: who.tenantId,
      clientId: who.clientId,
      actor: 'anna',
      commandId: eventId,
      bodyHash: '',
      correlationId: eventId,
      causationId: eventId,
      recordedAt: at,
      schemaVersion: String(version),
      traceparent: null,
      roles: 'owner',
      origin,
    }
    records.push({
      topic,
      partition,
      offset: before.length,
      position,
      prev: before.at(-1)?.position ?? nothingBefore,
      revision: records.filter((other) => other.stream === stream).length,
      eventId,
      stream,
      metadata,
      type,
      version,
      bytes: encode(type, data),
    })
    return { position, eventId, token: printToken({ topic, partition, position }) }
  }

  /** As `record`, of an event that is in the event store, too: it stands where that has put it. For worlds that record nothing else. */
  const commit = async <T extends EventType>(type: T, id: string, data: EventData[T], who: Who, at = tick()) => {
    const { category, version } = schemaOf(type)
    if (category === null) throw new Error(`${type} belongs to no stream`)
    const stream = streamName(category, who.tenantId, id)
    const eventId = randomUUID()
    const revision = records.filter((other) => other.stream === stream).length
    const causes = { commandId: eventId, bodyHash: '', correlationId: eventId, causationId: eventId }
    const metadata = { ...who, actor: 'anna', ...causes, recordedAt: at, schemaVersion: String(version) }
    const events = [{ id: eventId, type, data: canonical(type, data) as object, metadata }]
    const appended = await store.append([{ stream, expected: revision === 0 ? 'no-stream' : revision - 1, events }])
    return record(type, id, data, who, at, eventId, appended.position)
  }

  /** Writes the next row of the ledger: all that was recorded is published. */
  const publish = async () => {
    const last = records.at(-1)
    if (last === undefined || published.records === records.length) return
    const tails = Object.fromEntries(
      topics.map((kind) => [
        kind,
        Array.from({ length: partitions }, (_, partition) => {
          const tail = records.findLast(
            (other) => other.topic === topicName(kind, generation) && other.partition === partition,
          )
          return tail === undefined ? null : { offset: tail.offset, position: tail.position }
        }),
      ]),
    )
    const instant = records
      .map(({ metadata }) => metadata?.recordedAt ?? '')
      .toSorted()
      .at(-1)
    published.seq += 1
    published.records = records.length
    await relay.query(
      `INSERT INTO relay.ledger (generation, seq, position, event_id, instant, epoch, tails) VALUES ($1, $2, $3, $4, $5, 1, $6)`,
      [generation, published.seq, last.position, last.eventId, instant, JSON.stringify(tails)],
    )
  }

  const sinkOf = async (projection: Projection) =>
    projection.store === 'clickhouse'
      ? clickhouseSink(clickhouse, projector, await ensureClickHouseTable(clickhouse, projector, projection))
      : postgresSink(projector, projection, await ensurePostgresTable(projector, projection))

  /** Applies what was recorded, with the projections' own code. */
  const apply = async (...models: readonly Projection[]) => {
    for (const model of models) {
      const sink = await sinkOf(model)
      for (const topic of topics.map((kind) => topicName(kind, generation))) {
        const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
        await makeCheckpoints(projector, model, places)
        for (const checkpoint of await readCheckpoints(projector, model, places)) {
          const run = records.filter(({ partition, topic: of }) => of === topic && partition === checkpoint.partition)
          const step = await advance(model, sink, checkpoint, run, () => true)
          if (step.type !== 'moved' || step.gap !== null) throw new Error(`${model.name} did not move: ${step.type}`)
        }
      }
    }
  }

  /** Does what operators have ordered about what is parked here, as the runner does between two batches. */
  const carryOutOrders = async () => {
    const { name: orders } = await ensurePostgresTable(projector, parkingOrders)
    for (const model of projections) {
      const sink = await sinkOf(model)
      for (const order of await pendingOrders(projector, orders, model)) {
        if (order.place === null || !records.some(({ topic }) => topic === order.place?.topic)) continue
        for (const from of await readCheckpoints(projector, model, [order.place]))
          await redrive(model, sink, projector, from, order)
      }
    }
  }

  const bearer = (
    {
      tenantId,
      subject = 'anna',
      clientId,
      clientIds = clientId === undefined ? undefined : [clientId],
      permissions = [],
    }: Sender,
    roles: readonly Role[] = ['owner'],
    expiresInSeconds = 600,
  ) => {
    const who = { tenantId, subject, permissions, ...(clientIds && { clientIds }) }
    return signAccessToken({ privateKey: keys.privateKey, ...trust, ...who, roles, expiresInSeconds })
  }

  const askOnce = async (path: string, token: string, headers: Record<string, string> = {}): Promise<Answered> => {
    const answer = await fetch(`${serving.url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
  }

  /** Comes again when told so, as long as a busy machine may take. */
  const ask: typeof askOnce = async (...asked) => {
    const deadline = Date.now() + comesAgainForMs
    for (;;) {
      const answered = await askOnce(...asked)
      const seconds = Number(answered.headers.get('retry-after') ?? Number.NaN)
      if (answered.status !== 503 || !(seconds >= 0) || Date.now() + seconds * 1000 > deadline) return answered
      await pause(seconds * 1000)
    }
  }

  return {
    url: serving.url,
    config,
    generation,
    owner,
    projector,
    relay,
    auditor,
    tick,
    record,
    commit,
    publish,
    apply,
    carryOutOrders,
    /** Publishes and applies all that was recorded. */
    settle: async () => {
      await publish()
      await apply(...projections)
    },
    newTenant: (): Who => ({ tenantId: TenantId.parse(randomUUID()), clientId: ClientId.parse(randomUUID()) }),
    bearer,
    ask,
    askOnce,
    close: async () => {
      await serving()
      await Promise.all([
        relay.close(),
        auditor.close(),
        owner.close(),
        projector.close(),
        clickhouse.close(),
        store.close(),
        keySet.stop(),
      ])
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>
