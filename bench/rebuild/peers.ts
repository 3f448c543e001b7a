/** Others' rebuilds of the same campaigns, of a part of the history: the whole would take them very long. */
import type { Candidate } from '../lib/rounds.ts'
import { startWorker } from '../lib/worker.ts'
import { type EmmettEvent, startEmmettRebuild } from '../peers/emmett.ts'
import { partitions } from './history.ts'

/** Of each partition. */
const most = 1_500

type Peers = {
  readonly naive: (topic: string) => Candidate
  readonly emmett: (topic: string) => Candidate
  readonly notes: readonly string[]
}

export const startPeers = async (
  settings: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  print: (line: string) => void,
): Promise<Peers> => {
  const projector = startWorker<{ topic: string; most: number }, number>(new URL('./naive.ts', import.meta.url), env)
  const sampler = startWorker<{ topic: string; most: number }, readonly EmmettEvent[]>(
    new URL('./sample.ts', import.meta.url),
    env,
  )
  const emmett = await startEmmettRebuild({ POSTGRES_URL: settings.POSTGRES_ADMIN_URL ?? '' }, print)
  let events: readonly EmmettEvent[] = []

  return {
    naive: (topic) => ({
      name: 'naive projector',
      units: { rate: 'events/s' },
      run: async () => ({ rate: await projector.run({ topic, most }) }),
    }),
    emmett: (topic) => ({
      name: 'Emmett',
      units: { rate: 'events/s', lost: 'events' },
      run: async (round) => {
        if (round === 0) {
          events = await sampler.run({ topic, most })
          await emmett.append(events)
        }
        const types = [...new Set(events.map(({ type }) => type))]
        const { seconds, events: done } = await emmett.rebuild(`campaigns-${Date.now()}`, types)
        return { rate: events.length / seconds, lost: events.length - done }
      },
    }),
    notes: [
      `naive projector: the first ${most} events of each of ${partitions} partitions, decoded by the same code; for each a SELECT, an upsert and an update of the checkpoint, each awaited.`,
      `Emmett 0.42.0: the same events in its own store, its own rebuild with a raw SQL projection and its defaults; lost: how many of them its rows are not made of, for it reads in the order of transactions and keeps its place by position.`,
    ],
  }
}
