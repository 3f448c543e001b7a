import { Gauge } from 'prom-client'
import type { Health } from './health.ts'
import { metrics, sharedCollect } from './metrics.ts'

/** The units of this process that tell whether they are ready. */
const units = new Map<string, Health['report']>()

/** Asked whenever somebody collects, so that the figures are never older than the answer they stand in. */
const collect = sharedCollect(async () => {
  const reports = await Promise.all([...units].map(async ([unit, report]) => ({ unit, ...(await report()) })))
  up.reset()
  ready.reset()
  for (const { unit, ready: isReady, checks } of reports) {
    ready.set({ unit }, isReady ? 1 : 0)
    for (const [check, result] of Object.entries(checks)) up.set({ unit, check }, result === 'ok' ? 1 : 0)
  }
})

const ready = new Gauge({
  name: 'unit_ready',
  help: '1 when the unit has started and all of its checks pass, else 0',
  labelNames: ['unit'] as const,
  registers: [metrics],
  collect,
})

const up = new Gauge({
  name: 'unit_check_up',
  help: '1 while a check of the unit passes, else 0; its checks are those of /readyz',
  labelNames: ['unit', 'check'] as const,
  registers: [metrics],
  collect,
})

/** Lets `/metrics` of this process tell what `/readyz` of the unit tells. @returns how to end that */
export function exposeHealth(unit: string, report: Health['report']): () => void {
  units.set(unit, report)
  return () => {
    if (units.get(unit) === report) units.delete(unit)
  }
}
