import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { connectKafka } from '@bizosaas/kafka'
import { CannotStart, readSettings, type Settings } from '@bizosaas/runtime'
import { type RelayConfig, type RunningRelay, relaySettings } from '@bizosaas/streams/relay/start.ts'
import { migrateAll } from '../migrate/migrate.ts'
import { help, readArguments } from './arguments.ts'
import { plan, type Succession } from './generations.ts'
import { readersOf, retire } from './retire.ts'
import { seed } from './seed.ts'
import { type Model, staleModels } from './stale.ts'
import { switchOver } from './switch.ts'

export const reseedSettings = [...relaySettings, 'POSTGRES_ADMIN_URL', 'CLICKHOUSE_ADMIN_URL'] as const

export type ReseedConfig = RelayConfig & Settings<(typeof reseedSettings)[number]>

type Say = (line: string) => void

const takenOverWithinMs = 15_000

/** What the commands of this folder talk to. */
export async function connect(config: ReseedConfig) {
  await migrateAll(config.POSTGRES_ADMIN_URL)
  const db = connectPostgres(config.POSTGRES_ADMIN_URL, {
    name: 'reseed',
    connections: 4,
    statementTimeoutMs: 60_000,
  })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_ADMIN_URL, { name: 'reseed' })
  const store = connectEventStore(config.KURRENTDB_URL)
  const kafka = connectKafka({ brokers: config.KAFKA_BROKERS, clientId: 'reseed' })
  return { db, clickhouse, store, kafka, close: () => Promise.all([db.close(), clickhouse.close(), store.close()]) }
}

type Stores = Awaited<ReturnType<typeof connect>>

/**
 * Makes the next generation live. Whatever interrupts it, it can be run again: until the switch nothing of the old generation is
 * touched, and the switch is one transaction.
 *
 * @throws CannotStart
 */
async function reseed(
  config: ReseedConfig,
  asked: { readonly to: string | null; readonly rebuild: boolean },
  say: Say,
): Promise<Succession> {
  const stores = await connect(config)
  try {
    const { db, clickhouse, store } = stores
    const { TOPIC_GENERATION: first, TOPIC_PARTITIONS: partitions } = config
    const succession = await plan(db, { first, partitions, asked: asked.to })
    const { from, to } = succession
    const stale = await staleModels(db, store, succession)
    if (stale.length > 0) await refuseUnlessAsked(stores, from, stale, asked.rebuild)
    say(`Filling the topics of ${to} from the event store; ${from} stays live meanwhile.`)
    const relay = await seed(succession, { config, db, store, say })
    try {
      await switchOver(db, clickhouse, succession, stale)
      say(`${to} is live: read models go on in it from where they were in ${from}.`)
      for (const { model, version } of stale)
        say(`${model} version ${version} was dropped; what is to serve is made again from ${to}.`)
      if (!(await isTakenOver(relay))) say(`No relay has taken over ${to} yet: it goes on when one is started.`)
    } finally {
      await relay.stop()
    }
    say(`When nobody reads ${from} any more, "npm run reseed -- --retire ${from}" deletes its topics.`)
    return succession
  } finally {
    await stores.close()
  }
}

/** Read models with events that no longer exist cannot be carried over, and are not taken away unasked. */
async function refuseUnlessAsked(
  { kafka }: Stores,
  from: string,
  stale: readonly Model[],
  isAsked: boolean,
): Promise<void> {
  const names = stale.map(({ model, version }) => `${model} version ${version}`).join(', ')
  if (!isAsked) {
    throw new CannotStart(
      `The event store does not hold events that ${names} hold: it was restored from an older copy, or is another store. Bring back the ` +
        'store that holds them, or run "npm run reseed -- --rebuild-read-models", which drops these read models and makes them again.',
    )
  }
  const { members } = await readersOf(kafka, from)
  if (members > 0)
    throw new CannotStart(
      `Runners still write ${names} from ${from}: stop them, and run this again before you start them.`,
    )
}

/** The relay of this process publishes until that of the system takes over, so that nobody waits meanwhile. */
async function isTakenOver(relay: RunningRelay): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), takenOverWithinMs)
  })
  const ended = relay.ended.then(
    () => false,
    () => true,
  )
  try {
    return await Promise.race([ended, late])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws CannotStart */
async function retireGeneration(config: ReseedConfig, generation: string, say: Say): Promise<void> {
  const stores = await connect(config)
  try {
    await retire(stores.db, stores.kafka, config.TOPIC_GENERATION, generation)
    say(`The topics of ${generation} are deleted; its ledger is kept.`)
  } finally {
    await stores.close()
  }
}

const say: Say = (line) => console.log(line)

/** @throws CannotStart, InvalidSettings */
export async function reseedCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const asked = readArguments(args)
  if (asked.type === 'help') {
    process.stdout.write(help)
    return
  }
  const config = readSettings(reseedSettings, environment)
  if (asked.type === 'retire') await retireGeneration(config, asked.generation, say)
  else await reseed(config, asked, say)
}
