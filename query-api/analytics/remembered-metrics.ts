/**
 * Sums that are remembered. ClickHouse needs as long to plan such a question as for most to answer it, and a dashboard asks the same ones
 * again and again, while figures change with an hour's sync.
 *
 * A sum is remembered together with the state that the tenant's rows were in before it was asked for (`read_model.tenant_change`), and is
 * answered only to who finds them in that state: so it has all that the answer says it stands on. Nothing expires by time.
 */
import type { ClickHouse } from '@bizosaas/databases'
import { LRUCache } from 'lru-cache'
import type { Snapshot } from '../answer.ts'
import { type MetricsGroup, type MetricsQuestion, sumMetrics } from './metrics-query.ts'

/** Some 20 MiB. */
const mostGroups = 50_000

/** As `sumMetrics`. @param change of the tenant's rows, read before; null where it is not known, and then nothing is remembered */
export type RememberedMetrics = (
  table: string,
  change: string | null,
  question: MetricsQuestion,
) => Promise<readonly MetricsGroup[]>

export function rememberedMetrics(clickhouse: ClickHouse): RememberedMetrics {
  const sums = new LRUCache<string, readonly MetricsGroup[]>({
    maxSize: mostGroups,
    sizeCalculation: (groups, key) => 1 + groups.length + Math.ceil(key.length / 400),
  })
  return async (table, change, question) => {
    if (change === null) return sumMetrics(clickhouse, table, question)
    const key = JSON.stringify([table, change, question])
    const known = sums.get(key)
    if (known !== undefined) return known
    const groups = await sumMetrics(clickhouse, table, question)
    sums.set(key, groups)
    return groups
  }
}

/** In which state the rows are that the answering version of a model has of the sender's tenant; null while it has none. */
export async function tenantChange(
  { tx, versionOf }: Snapshot,
  model: { readonly name: string },
): Promise<string | null> {
  const [found] = await tx.prepared<{ change: string }>(
    'SELECT change FROM read_model.tenant_change WHERE model = $1 AND version = $2',
    [model.name, versionOf(model)],
  )
  return found?.change ?? null
}
