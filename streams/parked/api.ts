/** What the public API says of parked streams, and takes as orders. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, type Connection, patienceMs } from '../operator/connection.ts'

export interface Place {
  readonly id: string
  readonly model: string
  readonly version: number
  readonly stream: string
}

export interface Listed extends Place {
  readonly position: number
  readonly revision: number
  readonly type: string
  readonly since: string
  readonly behind: number
  readonly error?: string
}

interface Waiting {
  readonly position: number
  readonly revision: number
  readonly type: string
  readonly eventId: string
  readonly recordedAt: string | null
}

export interface Order {
  readonly orderId: string
  readonly kind: string
  readonly position: number | null
  readonly reason: string | null
  readonly by: string
  readonly at: string
  readonly outcome: 'pending' | 'applied' | 'parked' | 'refused'
  readonly applied: number
  readonly detail?: string | null
}

export interface Shown extends Place {
  readonly first: (Waiting & { error?: string; stack?: string | null; data?: unknown; bytes?: string }) | null
  readonly waiting: readonly Waiting[]
  readonly behind: number
  readonly orders: readonly Order[]
}

/** @throws Error with the problem's own words */
export async function listParked({ queryUrl, token }: Connection): Promise<Listed[]> {
  const found: Listed[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page = await ask<{ items: Listed[]; next: string | null }>(`${queryUrl}/v1/parked?limit=200${query}`, token)
    found.push(...page.items)
    cursor = page.next
  }
  return found
}

export const showParked = ({ queryUrl, token }: Connection, id: string): Promise<Shown> =>
  ask<Shown>(`${queryUrl}/v1/parked/${encodeURIComponent(id)}`, token)

/** Gives an order, and waits until it is carried out. */
export async function order(
  to: Connection,
  verb: 'redrive' | 'skip',
  id: string,
  said: { readonly reason: string | null; readonly position?: number },
): Promise<Order> {
  const { model, version, stream } = await showParked(to, id)
  const { orderId } = await ask<{ orderId: string }>(`${to.url}/v1/parked/${id}/${verb}`, to.token, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ model, version, stream, ...said }),
  })
  for (const until = Date.now() + patienceMs; Date.now() < until; await pause(250)) {
    const { orders } = await showParked(to, id)
    const settled = orders.find((each) => each.orderId === orderId && each.outcome !== 'pending')
    if (settled) return settled
  }
  throw new Error(
    `The order ${orderId} is given, but not carried out yet: is the runner of ${model} up? See show ${id}`,
  )
}
