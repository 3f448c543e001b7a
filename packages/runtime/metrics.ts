import { collectDefaultMetrics, Registry } from 'prom-client'

/**
 * The metrics of this process, served at `/metrics` in the Prometheus text format. A package makes its own counters and
 * histograms on it, at module level: `new Counter({ name, help, labelNames, registers: [metrics] })`.
 */
export const metrics: Registry = new Registry()

/** Adds the process's own figures (CPU, memory, event loop lag, garbage collection). `runUnit` does it. */
export function collectProcessMetrics(): void {
  if (metrics.getSingleMetric('process_cpu_user_seconds_total') === undefined)
    collectDefaultMetrics({ register: metrics })
}

/**
 * One look for several metrics: given as `collect` to each of them, it runs once whenever all are collected. The registry
 * asks its metrics side by side, so that one which relies on the `collect` of another would tell what was true before.
 */
export function sharedCollect(look: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= look().finally(() => {
      running = null
    })
    return running
  }
}
