/** The databases that hold read models: each behind the few functions that the system needs of it. */
export { type ClickHouse, connectClickHouse } from './clickhouse.ts'
export { StoreUnavailable } from './errors.ts'
export { liveGeneration, onLiveGeneration } from './live-generation.ts'
export { migrate } from './migrate.ts'
export { connectPostgres, type Postgres, type Queryable, type Tenancy, type Transaction } from './postgres.ts'
export { connectRedis, type Redis } from './redis.ts'
