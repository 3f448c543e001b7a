/**
 * Every record names its schema by the id that the registry gave it. What these ids mean is noted beside the ledger, so that a
 * registry which was emptied or restored is noticed before anything is written, or read, with ids that mean something else.
 */
import type { Postgres } from '@bizosaas/databases'
import { mustMeanTheSame, type NotedSchema, SchemaLost, type SchemaRegistry } from '@bizosaas/kafka'
import { CannotStart } from '@bizosaas/runtime'
import { eventTypes, schemaOf } from '@bizosaas/schemas'

/**
 * Notes the ids of this release's schemas for a generation.
 *
 * @throws CannotStart when one that was noted before means something else now
 */
export const noteSchemas = async (db: Postgres, generation: string, registry: SchemaRegistry): Promise<void> => {
  const noted = await db.query<NotedSchema>('SELECT id, type, version FROM relay.schema WHERE generation = $1', [
    generation,
  ])
  try {
    await mustMeanTheSame(registry, noted)
  } catch (error) {
    throw error instanceof SchemaLost ? new CannotStart(error.message, { cause: error }) : error
  }
  const ours = eventTypes.flatMap((type) =>
    schemaOf(type).versions.map((version) => ({ id: registry.idOf(type, version), type, version })),
  )
  await db.query(
    `INSERT INTO relay.schema (generation, id, type, version)
     SELECT $1, * FROM unnest($2::int[], $3::text[], $4::int[]) ON CONFLICT DO NOTHING`,
    [generation, ours.map(({ id }) => id), ours.map(({ type }) => type), ours.map(({ version }) => version)],
  )
}
