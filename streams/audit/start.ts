/** The auditor as a unit: it follows the relay, a step now and then, and writes down how far everything agrees. */
import { setTimeout as wait } from 'node:timers/promises'
import { onLiveGeneration } from '@bizosaas/databases'
import { log, type Stop } from '@bizosaas/runtime'
import { type Audit, auditStep } from './audit.ts'
import { type AuditConfig, type Connections, connectAll } from './connect.ts'
import { beginning, type Cursor } from './cursor.ts'
import { ledgerOf } from './ledger.ts'
import { auditedPosition, auditedWindows } from './metrics.ts'
import { readProgress, writeProgress } from './progress.ts'

export { type AuditConfig, auditSettings } from './connect.ts'

/** The table of its progress: to be applied as the owner of the database, after those of the relay. */
export const auditMigrations = new URL('./migrations/', import.meta.url)

/** Of one step, so that it does not hold up for long what else runs in the process. */
const mostEvents = 2_000
/** It must not take from the others what it watches over: it rests many times as long as it worked. */
const restFactor = 9

/** @param restMs the shortest rest between two steps */
export const start = async (config: AuditConfig, { restMs = 5_000 } = {}): Promise<Stop> => {
  const connections = await connectAll(config)
  const stop = await onLiveGeneration(connections.db, {
    first: config.TOPIC_GENERATION,
    log: log.child({ unit: 'audit' }),
    open: async (generation) => auditing(connections, generation, restMs),
  })
  return async () => {
    await stop()
    await connections.close()
  }
}

/** Follows one generation of topics. */
const auditing = ({ db, ...connections }: Connections, generation: string, restMs: number): Stop => {
  const unitLog = log.child({ unit: 'audit', generation })
  const stopping = new AbortController()
  const ledger = ledgerOf(db, generation)

  let known: { audit: Audit; cursor: Cursor } | null = null
  const open = async (): Promise<typeof known> => {
    const partitions = await ledger.partitions()
    if (partitions === null) return null
    const cursor = (await readProgress(db, generation))?.cursor ?? beginning(partitions)
    return { audit: { ...connections, generation, partitions, ledger }, cursor }
  }

  let told: string | null = null
  const step = async (): Promise<void> => {
    known ??= await open()
    if (known === null) return
    const done = await auditStep(known.audit, known.cursor, mostEvents)
    if (done === null) return
    const { cursor, position, windows, finding } = done
    known = { ...known, cursor }
    await writeProgress(db, generation, { position, cursor, finding })
    auditedWindows.inc({ verdict: 'agreed' }, windows)
    auditedPosition.set(position)
    const says = JSON.stringify(finding)
    if (finding !== null) {
      auditedWindows.inc({ verdict: 'mismatch' })
      if (says !== told) unitLog.error({ finding }, 'event store, Kafka and ledger differ')
    }
    told = says
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      // What is away comes back; until then nothing is known, and nothing is lost by looking later.
      await step().catch((error: Error) => unitLog.warn({ reason: error.message }, 'the audit has to wait'))
      const rest = Math.max(restMs, restFactor * (performance.now() - began))
      await wait(rest, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()

  return async () => {
    stopping.abort()
    await running
  }
}
