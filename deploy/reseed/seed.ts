import { setTimeout as pause } from 'node:timers/promises'
import type { Postgres } from '@bizosaas/databases'
import type { EventStore } from '@bizosaas/event-store'
import { publishedEvents } from '@bizosaas/streams/relay/metrics.ts'
import { type RelayConfig, type RunningRelay, startRelay } from '@bizosaas/streams/relay/start.ts'
import type { Succession } from './generations.ts'

/** So many reads of the store behind its end count as caught up: the rest comes while the switch is made. */
const nearEnd = 200
const lookEveryMs = 250
const tellEveryMs = 2_000

/**
 * Runs a relay for the next generation, beside the one that is live, until it has published nearly all there is; it then goes on.
 * Its ledger is its own, so that one that was interrupted is gone on with.
 */
export async function seed(
  { to, partitions }: Succession,
  parts: {
    readonly config: RelayConfig
    readonly db: Postgres
    readonly store: EventStore
    readonly say: (line: string) => void
  },
): Promise<RunningRelay> {
  const { config, db, store, say } = parts
  const relay = await startRelay({ ...config, TOPIC_GENERATION: to, TOPIC_PARTITIONS: partitions })
  let failure: Error | null = null
  relay.ended.catch((error) => {
    failure = error
  })
  const began = { at: Date.now(), position: await publishedUpTo(db, to) }
  for (let told = 0; ; await pause(lookEveryMs)) {
    if (failure !== null) throw failure
    const position = await publishedUpTo(db, to)
    const isNear = await isNearEnd(store, position)
    if (isNear || Date.now() - told >= tellEveryMs) {
      say(progress(to, began, { at: Date.now(), position, head: await store.head(), events: await eventsPublished() }))
      told = Date.now()
    }
    if (isNear) return relay
  }
}

/** Position of the last event in a generation's topics, by its ledger. */
export async function publishedUpTo(db: Postgres, generation: string): Promise<number> {
  const [row] = await db.query<{ position: number | null }>(
    'SELECT max(position) AS position FROM relay.ledger WHERE generation = $1',
    [generation],
  )
  return row?.position ?? -1
}

/** What the store keeps for itself is not published, so only events of ours count. */
async function isNearEnd(store: EventStore, position: number): Promise<boolean> {
  let ours = 0
  for (let from: number | 'start' = position < 0 ? 'start' : position; ; ) {
    const page = await store.readAll({ from, maxCount: 1_000 })
    ours += page.filter((event) => event.position > position && !event.stream.startsWith('$')).length
    if (ours > nearEnd) return false
    const last = page.at(-1)
    if (last === undefined || page.length < 1_000) return true
    from = last.position
  }
}

async function eventsPublished(): Promise<number> {
  const { values } = await publishedEvents.get()
  return values.reduce((sum, { value }) => sum + value, 0)
}

type Reached = { readonly at: number; readonly position: number }

function progress(
  to: string,
  began: Reached,
  now: Reached & { readonly head: number; readonly events: number },
): string {
  const seconds = Math.max(0.001, (now.at - began.at) / 1_000)
  const rate = (now.position - began.position) / seconds
  const left = Math.max(0, now.head - now.position)
  const share = now.head <= 0 ? 100 : Math.min(100, Math.floor((100 * now.position) / now.head))
  const eta = rate > 0 ? `, ${Math.ceil(left / rate)} s left` : ''
  return `${to}: position ${now.position} of ${now.head} (${share} %), ${Math.round(now.events / seconds)} events/s${eta}`
}
