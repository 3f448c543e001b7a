import { clickhouse } from './clickhouse.ts'
import { kafka } from './kafka.ts'
import { kurrentdb } from './kurrentdb.ts'
import type { Part, Place } from './part.ts'
import { postgres } from './postgres.ts'
import { schemaRegistry } from './schema-registry.ts'
import { valkey } from './valkey.ts'

/** Every embedded part; none needs another to start. */
export const parts: Readonly<Record<string, (place: Place) => Part>> = {
  kurrentdb,
  kafka,
  'schema-registry': schemaRegistry,
  postgres,
  clickhouse,
  valkey,
}
