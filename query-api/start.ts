import { connectClickHouse, connectPostgres, connectRedis } from '@bizosaas/databases'
import { authenticationFrom, type Route, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'
import { metricsRoutes } from './analytics/metrics.ts'
import { reader } from './answer.ts'
import { campaignRoutes } from './campaigns/campaign-list.ts'
import { campaignTimelineRoutes } from './campaigns/campaign-timeline.ts'
import { checkpointWatch } from './checkpoint-watch.ts'
import { sayingIncomplete } from './incomplete.ts'
import { liveNews, streamRoutes } from './live/stream.ts'
import { auditRoutes } from './operations/audit.ts'
import { parkedRoutes } from './operations/parked.ts'
import { projectionRoutes } from './operations/projections.ts'
import { readMarks } from './standing.ts'

export const querySettings = [
  'POSTGRES_QUERY_URL',
  'CLICKHOUSE_QUERY_URL',
  'REDIS_URL',
  'TOPIC_GENERATION',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_PUBLIC_KEY_FILE',
  'HOST',
  'QUERY_PORT',
] as const

export type QueryConfig = Settings<(typeof querySettings)[number]>

const connections = 16
const statementTimeoutMs = 15_000

/**
 * Starts the query API. It does not wait for its stores: while one is away it answers 503, and goes on when it is back.
 *
 * @throws CannotStart when its port is taken
 */
export async function start(config: QueryConfig): Promise<Serving> {
  const name = 'query-api'
  const unitLog = log.child({ unit: name })
  const postgres = connectPostgres(config.POSTGRES_QUERY_URL, { name, connections, statementTimeoutMs })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_QUERY_URL, { name })
  const redis = connectRedis(config.REDIS_URL)
  const first = config.TOPIC_GENERATION

  const watch = checkpointWatch(() => readMarks(postgres, first))
  const news = liveNews(redis, watch.wake)
  const read = reader(postgres, watch, first)
  const routes: Route[] = [
    ...campaignRoutes(read),
    ...campaignTimelineRoutes(read),
    ...metricsRoutes(read, clickhouse),
    ...projectionRoutes(postgres, first),
    ...auditRoutes(postgres, first),
    ...parkedRoutes(postgres, read),
    ...streamRoutes(news),
  ].map(sayingIncomplete)

  const health = createHealth((check, error) => unitLog.warn({ check, err: error }, 'not ready'))
  health.add('postgres', () => postgres.query('SELECT 1'))
  health.add('clickhouse', () => clickhouse.query('SELECT 1'))
  const close = async () => {
    news.stop()
    redis.close()
    await Promise.all([clickhouse.close(), postgres.close()])
  }

  try {
    const serving = await serve({
      name,
      title: 'BizOSaaS queries',
      version: '1.0.0',
      host: config.HOST,
      port: config.QUERY_PORT,
      portSetting: 'QUERY_PORT',
      routes,
      auth: authenticationFrom(config),
      health,
    })
    const stop = async () => {
      await serving()
      await close()
    }
    return Object.assign(stop, { url: serving.url })
  } catch (error) {
    await close()
    throw error
  }
}
