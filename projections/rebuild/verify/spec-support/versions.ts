/** Versions of models that a test fills by itself, without topics; the relay's ledger says that all of it is published. */
import { randomInt, randomUUID } from 'node:crypto'
import { clickhouseSink } from '../../../runner/clickhouse-sink.ts'
import { postgresSink } from '../../../runner/postgres-sink.ts'
import { type Projection, type Row, tableName } from '../../../runner/projection.ts'
import { checkpointOf, dropModel, openDatabases } from '../../../runner/spec-support/databases.ts'
import { ensureClickHouseTable, ensurePostgresTable } from '../../../runner/tables.ts'
import type { Verification } from '../record.ts'

export type StoredDifference = {
  readonly tenant_id: string
  readonly kind: string
  readonly key: Row
  readonly cells: Row
  readonly stream: string | null
  readonly revision: number | null
  readonly event_id: string | null
  readonly position: number | null
}

export async function openVersions() {
  const databases = await openDatabases()
  const { admin, postgres, clickhouse } = databases
  /** Each model has topics of its own, which no other test and no system has. */
  const generations = new Map<string, string>()
  const generationOf = async (model: string): Promise<string> => {
    const known = generations.get(model)
    if (known !== undefined) return known
    const generation = `g${randomInt(1e9, 2 ** 47)}`
    generations.set(model, generation)
    await admin.query('INSERT INTO relay.generation (generation, partitions) VALUES ($1, 1)', [generation])
    return generation
  }
  const kindOf = ({ types }: Projection) => (types.has('MetricsObserved') ? 'observations' : 'events')
  let published = 0

  return {
    databases,
    generationOf,

    open: async (projection: Projection) =>
      projection.store === 'postgres'
        ? postgresSink(postgres, projection, await ensurePostgresTable(postgres, projection))
        : clickhouseSink(clickhouse, postgres, await ensureClickHouseTable(clickhouse, postgres, projection)),

    checkpoint: async (projection: Projection) =>
      checkpointOf(postgres, projection, {
        topic: `${kindOf(projection)}.${await generationOf(projection.name)}`,
        partition: 0,
      }),

    /** The relay has brought everything up to a position into the model's topic. */
    publish: async (projection: Projection, position: number) => {
      const tails = { events: [null], observations: [null], [kindOf(projection)]: [{ offset: 0, position }] }
      published += 1
      await admin.query(
        `INSERT INTO relay.ledger (generation, seq, position, event_id, instant, epoch, tails)
         VALUES ($1, $2, $3, $4, now(), 1, $5)`,
        [await generationOf(projection.name), published, position, randomUUID(), JSON.stringify(tails)],
      )
    },

    /** All of a table, as its database says it in JSON. */
    rows: async (projection: Projection): Promise<Row[]> => {
      const table = tableName(projection)
      if (projection.store === 'clickhouse')
        return clickhouse.query<Row>(
          `SELECT * FROM ${table} FINAL SETTINGS output_format_json_quote_64bit_integers = 0`,
        )
      const rows = await postgres.query<{ row: Row }>(`SELECT to_jsonb(t) AS row FROM read_model.${table} t`)
      return rows.map(({ row }) => row)
    },

    differences: ({ verificationId }: Verification) =>
      postgres.query<StoredDifference>(
        `SELECT tenant_id, kind, key, cells, stream, revision, event_id, position FROM read_model.difference
         WHERE verification_id = $1 ORDER BY tenant_id, number`,
        [verificationId],
      ),

    tenants: ({ verificationId }: Verification) =>
      postgres.query<{ tenant_id: string; digest_old: string; digest_new: string }>(
        'SELECT tenant_id, digest_old, digest_new FROM read_model.verified_tenant WHERE verification_id = $1 ORDER BY tenant_id',
        [verificationId],
      ),

    drop: (name: string) => dropModel(databases, name),
    close: async () => {
      for (const table of ['ledger', 'generation'])
        await admin.query(`DELETE FROM relay.${table} WHERE generation = ANY ($1)`, [[...generations.values()]])
      await databases.close()
    },
  }
}
