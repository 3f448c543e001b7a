/** What an operator does, through the public APIs. */
import { setTimeout as pause } from 'node:timers/promises'
import type { System } from '../lib/system.ts'
import { newToken } from '../lib/token.ts'
import { until } from '../lib/until.ts'

const caughtUpWithinMs = 30 * 60_000
const carriedOutWithinMs = 10 * 60_000
const lookEveryMs = 200

type Version = {
  readonly model: string
  readonly version: number
  readonly lag: { readonly events: number }
  readonly applied: number
  readonly notApplicable: number
}
type Rebuild = { readonly id: string; readonly version: number | null; readonly state: string }

/** Waits until every read model shows what the relay has published. */
export const untilCaughtUp = async (system: System): Promise<void> => {
  const ask = operatorOf(system)
  await until('the read models have caught up', caughtUpWithinMs, async () => {
    await pause(lookEveryMs)
    const { head, items } = await ask<{ head: { position: number } | null; items: Version[] }>('GET', '/v1/projections')
    return head !== null && items.length > 0 && items.every(({ lag }) => lag.events === 0)
  })
}

/** Has a model built anew, and whenever that is done, once more; a build is under way when this resolves. */
export const keepRebuilding = async (system: System, model: string) => {
  const ask = operatorOf(system)
  const path = `/v1/projections/${model}/rebuilds`
  const order = async (): Promise<Rebuild> => {
    const { id } = await ask<{ id: string }>('POST', path)
    return reach(id, ['building', 'ready'])
  }
  const reach = async (id: string, states: readonly string[]): Promise<Rebuild> => {
    let found: Rebuild | undefined
    await until(`the rebuild of ${model} is ${states.join(' or ')}`, carriedOutWithinMs, async () => {
      await pause(lookEveryMs)
      const { items } = await ask<{ items: Rebuild[] }>('GET', path)
      found = items.find((each) => each.id === id && states.includes(each.state))
      return found !== undefined
    })
    return found as Rebuild
  }
  /** Events that a rebuild has dealt with; it is over then. */
  const end = async ({ id, version }: Rebuild): Promise<number> => {
    const { items } = await ask<{ items: Version[] }>('GET', '/v1/projections')
    const its = items.find((each) => each.model === model && each.version === version)
    await ask('POST', `${path}/${id}/cancel`)
    await reach(id, ['cancelled'])
    return its === undefined ? 0 : its.applied + its.notApplicable
  }

  let current = await order()
  let dealtWith = 0
  let isOver = false
  const start = performance.now()
  const going = (async () => {
    while (!isOver) {
      const { state } = await reach(current.id, ['building', 'ready'])
      if (state !== 'ready') continue
      dealtWith += await end(current)
      current = await order()
    }
  })()
  going.catch(() => {}) // it may fail before it is waited for
  return {
    /** Ends it. @returns the events/s that the rebuilds dealt with in the meantime */
    stop: async (): Promise<number> => {
      const seconds = (performance.now() - start) / 1_000
      isOver = true
      await going
      dealtWith += await end(current)
      return dealtWith / seconds
    },
  }
}

const operatorOf = ({ settings }: System) => {
  const token = newToken(settings, 'operator')
  return async <Answer>(method: 'GET' | 'POST', path: string): Promise<Answer> => {
    const port = method === 'GET' ? settings.QUERY_PORT : settings.ANALYTICS_PORT
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      body: method === 'POST' ? '{}' : null,
    })
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
}
