import { setTimeout as pause } from 'node:timers/promises'
import { type Postgres, StoreUnavailable } from '@bizosaas/databases'
import { log, type Stop } from '@bizosaas/runtime'
import { messageOf } from '../../runner/items.ts'
import type { Projection } from '../../runner/projection.ts'
import { repeatedly } from '../../runner/repeatedly.ts'
import { alone } from '../orders/alone.ts'
import { runChild } from './child.ts'

const lookEveryMs = 500
/** A worker that ends by itself is started again after so long. */
const restsMs = 2_000
const unitLog = log.child({ unit: 'rebuild-keeper' })

export type Workers = {
  /** What a worker runs. */
  readonly program: URL
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Keeps as many rebuild workers alive, as children of this process, as the versions that are being built are to have. A worker has a
 * slot that is held in Postgres, so that several processes of runners keep no more of them together than one alone would.
 */
export function keepWorkers(postgres: Postgres, definitions: readonly Projection[], workers: Workers): Stop {
  const slots = new Map<number, { readonly stopping: AbortController; readonly ended: Promise<void> }>()

  const tend = async (slot: number, stopping: AbortSignal): Promise<void> => {
    try {
      await alone(postgres, `rebuild worker ${slot}`, async (lost) => {
        const told = await runChild(workers.program, workers.env, AbortSignal.any([stopping, lost]))
        if (told) return
        unitLog.warn({ slot }, 'a rebuild worker ended')
        await pause(restsMs, null, { signal: stopping }).catch(() => {})
      })
    } catch (error) {
      if (error instanceof StoreUnavailable) unitLog.debug({ slot, reason: error.message }, 'no slot')
      else unitLog.warn({ slot, reason: messageOf(error) }, 'a rebuild worker cannot be kept')
    }
  }

  const stopLooking = repeatedly(async () => {
    const wanted = await workersWanted(postgres, definitions).catch((error) => {
      unitLog.debug({ reason: messageOf(error) }, 'the versions cannot be read')
      return null
    })
    if (wanted === null) return
    for (const [slot, { stopping }] of slots) if (slot > wanted) stopping.abort()
    for (let slot = 1; slot <= wanted; slot++) {
      if (slots.has(slot)) continue
      const stopping = new AbortController()
      const ended = tend(slot, stopping.signal).finally(() => slots.delete(slot))
      slots.set(slot, { stopping, ended })
    }
  }, lookEveryMs)

  return async () => {
    await stopLooking()
    const all = [...slots.values()]
    for (const { stopping } of all) stopping.abort()
    await Promise.all(all.map(({ ended }) => ended))
  }
}

/** The most that one of the versions that are being built is to have. */
async function workersWanted(postgres: Postgres, definitions: readonly Projection[]): Promise<number> {
  const [most] = await postgres.query<{ workers: number }>(
    `SELECT coalesce(max(workers), 0) AS workers
     FROM read_model.version JOIN unnest($1::text[], $2::int[]) AS known (model, definition) USING (model, definition)
     WHERE state = 'building'`,
    [definitions.map(({ name }) => name), definitions.map(({ version }) => version)],
  )
  return most?.workers ?? 0
}
