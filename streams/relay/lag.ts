import type { EventStore } from '@bizosaas/event-store'
import { log, metrics } from '@bizosaas/runtime'
import { Gauge } from 'prom-client'
import { publishedPosition } from './metrics.ts'

/** Looked at behind what is published, to find the first event that is not: streams of the store itself are passed over. */
const lookAhead = 50

let source: (() => Promise<number | null>) | null = null

const lag = new Gauge({
  name: 'relay_lag_seconds',
  help: 'Age of the oldest event of the event store that is not in Kafka yet; 0 when there is none',
  registers: [metrics],
  // Asked of the event store itself, so that it grows while the relay waits or is stuck. No figure while that is away.
  async collect() {
    const seconds = await source?.().catch((error: Error) => {
      log.debug({ unit: 'relay', reason: error.message }, 'the lag cannot be read')
      return null
    })
    this.remove()
    if (seconds !== null && seconds !== undefined) this.set(seconds)
  },
})
lag.remove()

/**
 * Lets `/metrics` tell how far the relay is behind the event store.
 *
 * @param from position up to which everything was published when the relay started; null at the beginning
 * @returns how to end that
 */
export const exposeLag = (store: EventStore, from: number | null): (() => void) => {
  publishedPosition.set(from ?? -1)
  const own = () => lagBehind(store)
  source = own
  return () => {
    if (source === own) source = null
  }
}

const lagBehind = async (store: EventStore): Promise<number> => {
  const position = (await publishedPosition.get()).values[0]?.value ?? -1
  const events = await store.readAll({ from: position < 0 ? 'start' : position, maxCount: lookAhead })
  const next = events.find((event) => event.position > position && !event.stream.startsWith('$'))
  const recorded = Date.parse(String(next?.metadata.recordedAt))
  return Number.isNaN(recorded) ? 0 : Math.max(0, Date.now() - recorded) / 1_000
}
