import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import type { Settings, Stop } from '@bizosaas/runtime'
import { projections } from '../all.ts'
import type { Projection } from '../runner/projection.ts'
import { carryOutRebuilds } from './carry-out.ts'
import { keepWorkers } from './keeper/keep-workers.ts'

export const rebuildOrderSettings = ['POSTGRES_PROJECTOR_URL', 'CLICKHOUSE_PROJECTOR_URL'] as const

const worker = new URL('./build/main.ts', import.meta.url)

/**
 * Starts what carries out operators' orders about rebuilds, and keeps the rebuild workers as children of this process. It stands beside
 * every runner; together they do each order once, and keep as many workers as are wanted.
 */
export function start(
  config: Settings<(typeof rebuildOrderSettings)[number]>,
  definitions: readonly Projection[] = projections,
): Stop {
  const postgres = connectPostgres(config.POSTGRES_PROJECTOR_URL, {
    name: 'rebuild orders',
    connections: 24,
    statementTimeoutMs: 60_000,
  })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_PROJECTOR_URL, { name: 'rebuild orders' })
  const stops = [
    carryOutRebuilds(postgres, clickhouse, definitions),
    keepWorkers(postgres, definitions, { program: worker, env: process.env }),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
    await Promise.all([postgres.close(), clickhouse.close()])
  }
}
