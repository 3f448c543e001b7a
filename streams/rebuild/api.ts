/** What the public API says of rebuilds, and takes as orders. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, type Connection, patienceMs } from '../operator/connection.ts'
import type { OrderVerb } from './arguments.ts'

export interface Entry {
  readonly id: string
  readonly model: string
  readonly version: number | null
  readonly state: 'ordered' | 'refused' | 'building' | 'paused' | 'ready' | 'live' | 'cancelled' | 'retired'
  readonly by: string | null
  readonly reason: string | null
  readonly orderedAt: string | null
  readonly startedAt: string | null
  readonly builtAt: string | null
}

export interface Progress {
  readonly events: { readonly done: number; readonly todo: number }
  readonly eventsPerSecond: number | null
  readonly rowsPerSecond: number | null
  readonly secondsLeft: number | null
  readonly parked: number
  readonly halted: readonly { readonly topic: string; readonly partition: number; readonly reason?: string }[]
}

interface Counts {
  readonly rowsOld: number
  readonly rowsNew: number
  readonly onlyOld: number
  readonly onlyNew: number
  readonly changed: number
}

export interface Verification {
  readonly id: string
  readonly against: number | null
  readonly difference: string | null
  readonly columnsOnlyOld: readonly string[]
  readonly columnsOnlyNew: readonly string[]
  readonly yours: Counts | null
  readonly ofAll?: Counts
  readonly stoodStillMs: number
}

export interface Order {
  readonly orderId: string
  readonly kind: string
  readonly outcome: 'pending' | 'done' | 'refused'
  readonly detail: string | null
}

export interface Shown extends Entry {
  readonly progress: Progress | null
  readonly verification: Verification | null
  readonly orders: readonly Order[]
}

export interface DifferingRow {
  readonly kind: 'onlyOld' | 'onlyNew' | 'changed'
  readonly key: Readonly<Record<string, unknown>>
  readonly cells: Readonly<Record<string, { readonly old?: unknown; readonly new?: unknown }>>
  readonly stream: string | null
  readonly revision: number | null
  readonly eventId: string | null
  readonly position: number | null
}

const pathOf = (model: string, id?: string) =>
  `/v1/projections/${encodeURIComponent(model)}/rebuilds${id === undefined ? '' : `/${encodeURIComponent(id)}`}`

/** @throws Error with the problem's own words */
export const listRebuilds = async ({ queryUrl, token }: Connection, model: string): Promise<readonly Entry[]> =>
  (await ask<{ items: Entry[] }>(`${queryUrl}${pathOf(model)}`, token)).items

export const showRebuild = ({ queryUrl, token }: Connection, model: string, id: string): Promise<Shown> =>
  ask<Shown>(`${queryUrl}${pathOf(model, id)}`, token)

/** @throws Error when there is none */
export async function newestRebuild(to: Connection, model: string): Promise<string> {
  const [newest] = await listRebuilds(to, model)
  if (newest === undefined) throw new Error(`${model} was never rebuilt.`)
  return newest.id
}

export async function differencesOf(
  { queryUrl, token }: Connection,
  model: string,
  id: string,
): Promise<readonly DifferingRow[]> {
  const found: DifferingRow[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = await ask<{ items: DifferingRow[]; next: string | null }>(
      `${queryUrl}${pathOf(model, id)}/differences?limit=200${query}`,
      token,
    )
    found.push(...page.items)
    cursor = page.next
  }
  return found
}

/** Gives an order, and waits until it is carried out. @param id null for the order that begins a rebuild */
export async function order(
  to: Connection,
  model: string,
  id: string | null,
  verb: OrderVerb | null,
  said: object,
): Promise<{ readonly id: string; readonly settled: Order }> {
  const path = id === null ? pathOf(model) : `${pathOf(model, id)}/${verb}`
  const given = await ask<{ id: string; orderId: string }>(`${to.url}${path}`, to.token, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(said),
  })
  // Comparing takes as long as reading both tables.
  const withinMs = verb === 'verify' ? 60 * patienceMs : 2 * patienceMs
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(250)) {
    const shown = await showRebuild(to, model, given.id).catch((error) => {
      // Not to be seen yet.
      if (error instanceof Error && error.message.startsWith('404')) return null
      throw error
    })
    const settled = shown?.orders.find(({ orderId, outcome }) => orderId === given.orderId && outcome !== 'pending')
    if (settled) return { id: given.id, settled }
  }
  throw new Error(
    `The order ${given.orderId} is given, but not carried out yet: is the runner of ${model} up? See list ${model}`,
  )
}
