/** Carries out what is ordered about a model, as a process of its own that can be killed: `node order-process.ts <model> <store>`. */
import { connectClickHouse, connectPostgres } from '@bizosaas/databases'
import { adMetrics } from '../../analytics/ad-metrics/ad-metrics.ts'
import { parkingOrders } from '../../analytics/parking-orders/parking-orders.ts'
import { readCheckpoints } from '../checkpoint.ts'
import { clickhouseSink } from '../clickhouse-sink.ts'
import { pendingOrders } from '../orders.ts'
import { postgresSink } from '../postgres-sink.ts'
import type { Projection } from '../projection.ts'
import { redrive } from '../redrive.ts'
import { ensureClickHouseTable, ensurePostgresTable } from '../tables.ts'
import { nameList } from './name-list.ts'

const [name = '', store = ''] = process.argv.slice(2)
const { POSTGRES_PROJECTOR_URL: url = '', CLICKHOUSE_PROJECTOR_URL: clickhouseUrl = '' } = process.env
const postgres = connectPostgres(url, { name: 'orders spec', connections: 2, statementTimeoutMs: 20_000 })
const clickhouse = connectClickHouse(clickhouseUrl, { name: 'orders spec' })

const inPostgres = store === 'postgres'
const projection: Projection = inPostgres ? nameList(name, 1, { mended: true }) : { ...adMetrics, name }
const sink = inPostgres
  ? postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
  : clickhouseSink(clickhouse, postgres, await ensureClickHouseTable(clickhouse, postgres, projection))
const { name: orders } = await ensurePostgresTable(postgres, parkingOrders)

process.stdout.write('ready\n')
for (;;) {
  const pending = await pendingOrders(postgres, orders, projection)
  if (pending.length === 0) break
  for (const order of pending) {
    if (order.place === null) continue
    for (const from of await readCheckpoints(postgres, projection, [order.place]))
      await redrive(projection, sink, postgres, from, order)
  }
}
await Promise.all([postgres.close(), clickhouse.close()])
