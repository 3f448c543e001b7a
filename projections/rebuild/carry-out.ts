/**
 * Carries out what operators ordered about rebuilds, in the process of the runner. Every runner looks; each order takes effect once.
 *
 *   build              a further version begins to be built, by rebuild workers
 *   pause, resume      nobody fills it, or they go on from where they were
 *   cancel             a version that never served is dropped
 *   verify             it is compared with the one that serves; also by itself when it has been built (see orders/verify.ts)
 *   cut-over           it serves, and the one before is kept up to date (see orders/cut-over.ts)
 *   roll-back          the one before serves again, and this one is kept up to date
 *   retire             what no longer serves is dropped
 */
import { type ClickHouse, type Postgres, StoreUnavailable } from '@bizosaas/databases'
import { log, type Stop } from '@bizosaas/runtime'
import { type RebuildOrderKind, rebuildOrders } from '../analytics/rebuild-orders/rebuild-orders.ts'
import { messageOf } from '../runner/items.ts'
import type { Projection } from '../runner/projection.ts'
import { repeatedly } from '../runner/repeatedly.ts'
import { cutOver, rollBack } from './orders/cut-over.ts'
import { dropEnded } from './orders/drop.ts'
import { carryOut, NotYet, pendingRebuildOrders, type RebuildOrder, type Step } from './orders/order.ts'
import { bringBackOrders } from './orders/own-table.ts'
import { verifier } from './orders/verify.ts'
import { build, cancel, pause, resume, retire } from './orders/versions.ts'
import { liveTable } from './version.ts'

const lookEveryMs = 500
const unitLog = log.child({ unit: 'rebuild-orders' })

export function carryOutRebuilds(postgres: Postgres, clickhouse: ClickHouse, definitions: readonly Projection[]): Stop {
  const look = (what: string, work: () => Promise<void>) => async () => {
    try {
      await work()
    } catch (error) {
      if (error instanceof StoreUnavailable) unitLog.debug({ reason: error.message }, what)
      else unitLog.warn({ reason: messageOf(error) }, what)
    }
  }
  const steps = stepsOf(definitions)
  const proofs = verifier(postgres, clickhouse, definitions)
  const stops = [
    repeatedly(
      look('orders wait', () => carryOutAll(postgres, steps)),
      lookEveryMs,
    ),
    repeatedly(
      look('nothing can be compared', () => proveAll(postgres, proofs)),
      lookEveryMs,
    ),
    repeatedly(
      look('what is over cannot be dropped', () => dropEnded(postgres, clickhouse)),
      lookEveryMs,
    ),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

type Steps = { readonly [K in Exclude<RebuildOrderKind, 'verify'>]: Step }

const stepsOf = (definitions: readonly Projection[]): Steps => ({
  build: build(definitions),
  pause,
  resume,
  cancel,
  'cut-over': cutOver,
  'roll-back': rollBack,
  retire,
})

/** All that is pending, in its order; what waits holds up the later orders about its rebuild, and no others. */
export async function carryOutAll(postgres: Postgres, steps: Steps): Promise<void> {
  await bringBackOrders(postgres, rebuildOrders)
  const table = await liveTable(postgres, rebuildOrders.name)
  if (table === null) return
  const waiting = new Set<string>()
  const toBeProven = new Set<string>()
  for (const order of await pendingRebuildOrders(postgres, table)) {
    const { kind, rebuildId } = order
    if (kind === 'verify') toBeProven.add(rebuildId)
    // A cut-over stands on the comparison that was ordered before it; whoever pauses or cancels does not wait for one.
    if (kind === 'verify' || waiting.has(rebuildId) || (kind === 'cut-over' && toBeProven.has(rebuildId))) continue
    if (!(await isCarriedOut(postgres, order, steps[kind]))) waiting.add(rebuildId)
  }
}

/** Comparisons take long, so that the other orders do not wait for them. */
async function proveAll(postgres: Postgres, proofs: ReturnType<typeof verifier>): Promise<void> {
  await proofs.proveBuilt()
  const table = await liveTable(postgres, rebuildOrders.name)
  if (table === null) return
  for (const order of await pendingRebuildOrders(postgres, table)) {
    if (order.kind !== 'verify') continue
    await proofs.proveOrdered(order).catch((error) => {
      if (error instanceof StoreUnavailable) throw error
      unitLog.info({ order: order.orderId, reason: messageOf(error) }, 'order waits')
    })
  }
}

async function isCarriedOut(postgres: Postgres, order: RebuildOrder, step: Step): Promise<boolean> {
  const { orderId, kind, model, rebuildId } = order
  const facts = { order: orderId, kind, model, rebuild: rebuildId }
  try {
    const reason = await carryOut(postgres, order, step)
    if (reason === null) unitLog.info(facts, 'order carried out')
    else unitLog.warn({ ...facts, reason }, 'order refused')
    return true
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    if (error instanceof NotYet) unitLog.info({ ...facts, reason: error.message }, 'order waits')
    else unitLog.error({ ...facts, reason: messageOf(error) }, 'order cannot be carried out, it is tried again')
    return false
  }
}
