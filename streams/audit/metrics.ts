import { metrics } from '@bizosaas/runtime'
import { Counter, Gauge } from 'prom-client'

const registers = [metrics]

export const auditedWindows = new Counter({
  name: 'audit_windows_total',
  help: 'Windows of the ledger that were held against event store and Kafka; one that differs is looked at again and again',
  labelNames: ['verdict'] as const, // agreed, mismatch
  registers,
})

// Both are there from the start: an increase from nothing would not be seen as one.
for (const verdict of ['agreed', 'mismatch']) auditedWindows.inc({ verdict }, 0)

export const auditedPosition = new Gauge({
  name: 'audit_position',
  help: 'Position in the event store up to which event store, Kafka and ledger agree',
  registers,
})
