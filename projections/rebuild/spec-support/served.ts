import { randomUUID } from 'node:crypto'
import type { Stop } from '@bizosaas/runtime'
import type { RebuildOrderKind } from '../../analytics/rebuild-orders/rebuild-orders.ts'
import { tableName } from '../../runner/projection.ts'
import { nameList } from '../../runner/spec-support/name-list.ts'
import { orderRebuild, outcomeOfRebuildOrder } from '../../runner/spec-support/rebuilding.ts'
import type { openSystem } from '../../runner/spec-support/system.ts'
import { until } from '../../runner/spec-support/until.ts'
import { carryOutRebuilds } from '../carry-out.ts'

/** A model that serves a row, and an operator who orders rebuilds of it. */
export async function served(system: Awaited<ReturnType<typeof openSystem>>, { executors = 2 } = {}) {
  const { newModel, newPartition, send, databases, cleanUps } = system
  const { postgres, clickhouse } = databases
  const partition = newPartition()
  partition.create(1, 'a')
  await send(partition.log)
  const model = newModel()
  const { projection } = model
  const { name } = projection
  /** As of a later release, which knows one more. */
  const definitions = [projection, nameList(name, 2)]
  const stops: Stop[] = Array.from({ length: executors }, () => carryOutRebuilds(postgres, clickhouse, definitions))
  cleanUps.push(() => Promise.all(stops.map((stop) => stop())))
  await model.run()
  await until(
    () => model.names(partition.id(1)),
    (names) => names === 'a',
  )
  const rebuildId = randomUUID()
  const give = async (kind: RebuildOrderKind, given: Parameters<typeof orderRebuild>[4] = {}, rebuild = rebuildId) => {
    const orderId = await orderRebuild(postgres, rebuild, name, kind, given)
    return until(
      () => outcomeOfRebuildOrder(postgres, orderId),
      (outcome) => outcome !== null,
    )
  }
  return {
    ...partition,
    name,
    model,
    rebuildId,
    give,
    version: async (version: number) => {
      const [row] = await postgres.query<{
        state: string
        definition: number
        workers: number
        replaces: number | null
      }>('SELECT state, definition, workers, replaces FROM read_model.version WHERE model = $1 AND version = $2', [
        name,
        version,
      ])
      return row ?? null
    },
    live: async () => {
      const [row] = await postgres.query<{ version: number; previous: number | null }>(
        'SELECT version, previous FROM read_model.live_version WHERE model = $1',
        [name],
      )
      return row ?? null
    },
    /** Says that a version has another definition, which may be one that nobody knows. */
    redefine: (version: number, definition: number) =>
      postgres.query('UPDATE read_model.version SET definition = $3 WHERE model = $1 AND version = $2', [
        name,
        version,
        definition,
      ]),
    /** As rebuild workers say it. The runner, which knows the first definition, then fills it. */
    built: async (version: number) => {
      await postgres.query(
        `UPDATE read_model.version SET state = 'ready', definition = 1, built_at = now() WHERE model = $1 AND version = $2`,
        [name, version],
      )
    },
    proven: (version: number) =>
      until(
        async () => {
          const [row] = await postgres.query<{ difference: string | null; against: number | null }>(
            'SELECT difference, against FROM read_model.verification WHERE model = $1 AND version = $2 ORDER BY verified_at DESC',
            [name, version],
          )
          return row ?? null
        },
        (row) => row !== null,
        40_000,
      ),
    left: async (version: number) => {
      const [row] = await postgres.query<{ left: number }>(
        `SELECT (to_regclass($3) IS NOT NULL)::int + (SELECT count(*) FROM read_model.checkpoint WHERE model = $1 AND version = $2) AS left`,
        [name, version, `read_model.${tableName({ name, version })}`],
      )
      return row?.left
    },
  }
}
