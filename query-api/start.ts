import { connectClickHouse, connectPostgres, connectRedis } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { authenticationFrom, type Route, type Serving, serve } from '@bizosaas/http'
import { createHealth, log, type Settings } from '@bizosaas/runtime'
import { emailDigest, masterKeyFrom, opener, originDigest, postgresKeyStore } from '@bizosaas/sealed'
import { explainRoutes } from './analytics/explain/routes.ts'
import { metricsRoutes } from './analytics/metrics.ts'
import { reader } from './answer.ts'
import { campaignRoutes } from './campaigns/campaign-list.ts'
import { campaignTimelineRoutes } from './campaigns/campaign-timeline.ts'
import { checkpointWatch } from './checkpoint-watch.ts'
import { routePolicyRoutes } from './gateway/route-policies.ts'
import { sayingIncomplete } from './incomplete.ts'
import { liveNews, streamRoutes } from './live/stream.ts'
import { auditRoutes } from './operations/audit.ts'
import { parkedRoutes } from './operations/parked.ts'
import { projectionRoutes } from './operations/projections.ts'
import { rebuildRoutes } from './operations/rebuilds.ts'
import { readMarks } from './standing.ts'
import { applicationRoutes } from './users/applications.ts'
import { auditTrailRoutes } from './users/audit-trail.ts'
import { exportRoutes } from './users/export.ts'
import { usersOpener } from './users/person.ts'
import { readLog } from './users/read-log.ts'
import { roleRoutes } from './users/roles.ts'
import { secondFactorRoutes } from './users/second-factor.ts'
import { sessionRoutes, sessionsReader } from './users/sessions.ts'
import { tenantRoutes } from './users/tenants.ts'
import { personReader, userRoutes } from './users/users.ts'

export const querySettings = [
  'KURRENTDB_URL',
  'POSTGRES_QUERY_URL',
  'POSTGRES_OPENER_URL',
  'CLICKHOUSE_QUERY_URL',
  'REDIS_URL',
  'TOPIC_GENERATION',
  'LOOKUP_KEY',
  'MASTER_KEY',
  'VAULT_TOKEN_FILE',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWKS_URL',
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
  const master = masterKeyFrom(config)
  const keys = connectPostgres(config.POSTGRES_OPENER_URL, { name, connections: 4, statementTimeoutMs })
  const clickhouse = connectClickHouse(config.CLICKHOUSE_QUERY_URL, { name })
  const redis = connectRedis(config.REDIS_URL)
  // Read for what was before, and written to when personal data is read; nobody else notices when it is away.
  const store = connectEventStore(config.KURRENTDB_URL)
  const first = config.TOPIC_GENERATION

  const watch = checkpointWatch(() => readMarks(postgres, first))
  const news = liveNews(redis, watch.wake)
  const read = reader(postgres, watch, first)
  const open = opener(postgresKeyStore(keys, master))
  const noted = readLog(store)
  const openUsers = usersOpener(open, noted)
  const routes: Route[] = [
    ...campaignRoutes(read, postgres, store),
    ...campaignTimelineRoutes(read),
    ...metricsRoutes(read, clickhouse, store),
    ...explainRoutes(read, clickhouse, store),
    ...projectionRoutes(postgres, first),
    ...auditRoutes(postgres, first),
    ...parkedRoutes(postgres, read),
    ...userRoutes(read, openUsers, emailDigest(config.LOOKUP_KEY)),
    ...tenantRoutes(read),
    ...roleRoutes(read),
    ...applicationRoutes(read),
    ...sessionRoutes(read, open, noted),
    ...secondFactorRoutes(store),
    ...exportRoutes(personReader(read, openUsers), sessionsReader(read), open, store),
    ...auditTrailRoutes(read, originDigest(config.LOOKUP_KEY)),
    ...rebuildRoutes(clickhouse, read, first),
    ...routePolicyRoutes(read),
    ...streamRoutes(news),
  ].map(sayingIncomplete)

  const health = createHealth((check, error) => unitLog.warn({ check, err: error }, 'not ready'))
  health.add('postgres', () => postgres.query('SELECT 1'))
  health.add('clickhouse', () => clickhouse.query('SELECT 1'))
  const close = async () => {
    news.stop()
    redis.close()
    await Promise.all([clickhouse.close(), postgres.close(), keys.close(), store.close()])
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
