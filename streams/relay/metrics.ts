import { metrics } from '@bizosaas/runtime'
import { Counter, Gauge, Histogram } from 'prom-client'

const registers = [metrics]

export const publishedEvents = new Counter({
  name: 'relay_events_total',
  help: 'Events of the event store that the relay has passed, by what became of them',
  labelNames: ['outcome'] as const, // published, unreadable, already-there
  registers,
})

export const publishedPosition = new Gauge({
  name: 'relay_position', // starts at what the ledger says, see lag.ts
  help: 'Position in the event store up to which everything is in Kafka',
  registers,
})

export const publishingDelay = new Histogram({
  name: 'relay_delay_seconds',
  help: "From a batch's last event being recorded to Kafka's acknowledgement of it",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
  registers,
})

export const batchDuration = new Histogram({
  name: 'relay_batch_seconds',
  help: 'Time that one batch takes, by step',
  labelNames: ['step'] as const, // send, ledger
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  registers,
})

export const forbiddenChanges = new Counter({
  name: 'relay_forbidden_changes_total',
  help: 'Deletions of domain streams and retention set on them, which would take events away from the only source of truth',
  labelNames: ['change'] as const,
  registers,
})
