import { type ClickHouse, type Postgres, StoreUnavailable } from '@bizosaas/databases'
import { log } from '@bizosaas/runtime'
import { messageOf } from '../../runner/items.ts'
import type { Projection } from '../../runner/projection.ts'
import { CannotVerify } from '../verify/cannot-verify.ts'
import { verify } from '../verify/verify.ts'
import { alone, comparing } from './alone.ts'
import { carryOut, isSettled, NotYet, type RebuildOrder, Refused } from './order.ts'
import { madeBy } from './versions.ts'

/** What could not be compared is tried again after so long; if that was ordered, until the order is so old. */
const triesAgainAfterMs = 10_000
const triesForSeconds = 60
const unitLog = log.child({ unit: 'rebuild-orders' })

/** Nothing is wrong, but with the moment. */
const mayPass = (error: unknown): error is CannotVerify | NotYet =>
  error instanceof CannotVerify || error instanceof NotYet

type Unproven = {
  readonly rebuild_id: string
  readonly model: string
  readonly version: number
  readonly definition: number
}

const unproven = `
  SELECT rebuild_id, model, version, definition FROM read_model.version v
  WHERE state = 'ready' AND rebuild_id IS NOT NULL AND replaces IS NULL
    AND NOT EXISTS (SELECT FROM read_model.live_version l WHERE (l.model, l.version) = (v.model, v.version))
    AND NOT EXISTS (SELECT FROM read_model.verification f WHERE (f.model, f.version) = (v.model, v.version))`

/**
 * Compares versions with those that serve: each once when it has been built, and again when that is ordered. A comparison takes as
 * long as reading both tables, and is made by one runner while the others do something else.
 */
export function verifier(postgres: Postgres, clickhouse: ClickHouse, definitions: readonly Projection[]) {
  const rests = new Map<string, number>()

  const compare = async ({ model, version, definition }: Unproven): Promise<void> => {
    const known = definitions.find((each) => each.name === model && each.version === definition)
    if (known === undefined) throw new NotYet(`The definition ${definition} of ${model} is not known here.`)
    const { difference, stoodStillMs } = await verify({ postgres, clickhouse }, { ...known, version })
    unitLog.info({ model, version, difference, stoodStillMs }, 'compared with the version that serves')
  }

  const proveBuilt = async (rebuild: Unproven): Promise<void> => {
    const { rebuild_id, model, version } = rebuild
    if ((rests.get(rebuild_id) ?? 0) > Date.now()) return
    await alone(postgres, comparing(rebuild_id), async () => {
      const still = await postgres.query<Unproven>(`${unproven} AND rebuild_id = $1`, [rebuild_id])
      if (still.length > 0) await compare(rebuild)
    }).catch((error) => {
      if (error instanceof StoreUnavailable) throw error
      rests.set(rebuild_id, Date.now() + triesAgainAfterMs)
      unitLog[mayPass(error) ? 'warn' : 'error']({ model, version, reason: messageOf(error) }, 'cannot be compared now')
    })
  }

  const proveOrdered = (order: RebuildOrder): Promise<unknown> =>
    alone(postgres, comparing(order.rebuildId), async () => {
      if (await isSettled(postgres, order)) return
      const refusal = await proveAgain(order).then(
        () => null,
        (error) => refusalOf(order, error),
      )
      await carryOut(postgres, order, async () => {
        if (refusal !== null) throw new Refused(refusal)
      })
    })

  /** @throws what may pass: then it is tried again */
  const refusalOf = ({ model, rebuildId, age }: RebuildOrder, error: unknown): string => {
    if (error instanceof StoreUnavailable || (mayPass(error) && age <= triesForSeconds)) throw error
    if (error instanceof Refused || mayPass(error)) return error.message
    unitLog.error({ model, rebuild: rebuildId, reason: messageOf(error) }, 'the comparison failed')
    return 'The comparison failed: the log of the runners says why.'
  }

  const proveAgain = async (order: RebuildOrder): Promise<void> => {
    const { version, definition, state, live } = await madeBy(postgres, order)
    if (version === live) throw new Refused(`Version ${version} serves: there is no other to compare it with.`)
    if (state !== 'ready') throw new Refused(`Version ${version} is not built: it is ${state}.`)
    await compare({ rebuild_id: order.rebuildId, model: order.model, version, definition })
  }

  return {
    /** What has been built, and was never compared. */
    proveBuilt: async () => {
      for (const rebuild of await postgres.query<Unproven>(unproven)) await proveBuilt(rebuild)
    },
    /** @throws CannotVerify, NotYet when it is to be tried again */
    proveOrdered,
  }
}
