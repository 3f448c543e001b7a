import type { Postgres } from '@bizosaas/databases'
import { mustMeanTheSame, type NotedSchema, type SchemaRegistry } from '@bizosaas/kafka'

/**
 * A registry that is believed only where it says what the relay noted when it wrote the records: one that was emptied and
 * filled again may have given the ids to other schemas, and bytes that are decoded by the wrong one make wrong rows.
 */
export function asNoted(registry: SchemaRegistry, postgres: Postgres, generation: string): SchemaRegistry {
  const compared = new Set<number>()
  return {
    ...registry,
    learn: async (ids) => {
      const fresh = [...ids].filter((id) => !compared.has(id))
      if (fresh.length === 0) return
      await registry.learn(fresh)
      const noted = await postgres.query<NotedSchema>(
        'SELECT id, type, version FROM relay.schema WHERE generation = $1 AND id = ANY ($2)',
        [generation, fresh],
      )
      await mustMeanTheSame(registry, noted)
      for (const id of fresh) compared.add(id)
    },
  }
}
