import { metrics } from '@bizosaas/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Done } from './advance.ts'
import type { Projection } from './projection.ts'

const registers = [metrics]
const model = ['model', 'version'] as const

const records = new Counter({
  name: 'projection_events_total',
  help: 'Records taken from the topics, by what became of them',
  labelNames: [...model, 'outcome'] as const, // applied, already-applied, not-applicable, parked, redriven
  registers,
})

const batches = new Histogram({
  name: 'projection_batch_seconds',
  help: 'Time from a batch being at hand to its rows and checkpoint being written',
  labelNames: model,
  buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
  registers,
})

const waits = new Counter({
  name: 'projection_waits_total',
  help: 'Pauses made because a database or the schema registry was away',
  labelNames: model,
  registers,
})

const halts = new Gauge({
  name: 'projection_halted',
  help: '1 where a person has to look: the partition is not going on',
  labelNames: [...model, 'topic', 'partition'] as const,
  registers,
})

const unaccounted = new Gauge({
  name: 'projection_unaccounted_events',
  help: 'Records up to the checkpoint that are neither applied, parked, not applicable, skipped nor repeats; parked ones that are not kept. 0 when the books are right',
  labelNames: [...model, 'topic', 'partition', 'of'] as const, // records, parked
  registers,
})

type Place = { readonly topic: string; readonly partition: number }

/** The figures of one projection version. */
export type Counts = {
  readonly batch: (done: Done, seconds: number) => void
  readonly waited: () => void
  readonly halted: (place: Place, is: boolean) => void
  readonly unaccounted: (place: Place, records: number, parked: number) => void
  readonly redriven: (applied: number) => void
}

export function countsOf({ name, version }: Projection): Counts {
  const labels = { model: name, version: String(version) }
  return {
    batch: ({ applied, parked, notApplicable, alreadyApplied }, seconds) => {
      records.inc({ ...labels, outcome: 'applied' }, applied.length)
      records.inc({ ...labels, outcome: 'parked' }, parked.length)
      records.inc({ ...labels, outcome: 'not-applicable' }, notApplicable)
      records.inc({ ...labels, outcome: 'already-applied' }, alreadyApplied)
      batches.observe(labels, seconds)
    },
    waited: () => waits.inc(labels),
    unaccounted: ({ topic, partition }, count, parked) => {
      unaccounted.set({ ...labels, topic, partition, of: 'records' }, count)
      unaccounted.set({ ...labels, topic, partition, of: 'parked' }, parked)
    },
    redriven: (applied) => records.inc({ ...labels, outcome: 'redriven' }, applied),
    halted: ({ topic, partition }, is) => halts.set({ ...labels, topic, partition }, is ? 1 : 0),
  }
}
