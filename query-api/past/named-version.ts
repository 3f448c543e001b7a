/** Versions of read models that stand at a past moment, and have a name: see projections/rebuild/past/begin.ts. */
import type { Queryable } from '@bizosaas/databases'
import { invalid, tryAgain } from '@bizosaas/http'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { Type } from 'typebox'

export const labelPattern = '[a-z][a-z0-9-]{0,39}'

export const VersionName = Type.String({
  pattern: `^${labelPattern}$`,
  description: 'the name of a version that was built as of a past moment (`npm run replay`); not together with `asOf`',
})

export interface NamedVersion {
  /** By model. */
  readonly versions: ReadonlyMap<string, number>
  readonly standsAt: number
}

interface Found {
  readonly model: string
  readonly version: number
  readonly state: string
  readonly stands_at: number
}

/**
 * @param parameter that the name is from
 * @throws Problem invalid (422) where one of the models has none of that name, not-yet-visible (503) while it is being built
 */
export async function namedVersion(
  tx: Queryable,
  models: readonly Pick<Projection, 'name'>[],
  label: string,
  parameter: string,
): Promise<NamedVersion> {
  const found = await tx.query<Found>(
    `SELECT model, version, state, stands_at FROM read_model.version
     WHERE label = $1 AND state IN ('building', 'paused', 'past') AND model = ANY ($2)`,
    [label, models.map(({ name }) => name)],
  )
  const missing = models.find(({ name }) => !found.some(({ model }) => model === name))
  if (missing || found[0] === undefined) {
    const detail = `names ${label}, and there is no version of ${missing?.name} that is called so`
    throw invalid([{ in: 'query', pointer: `/${parameter}`, detail }])
  }
  const unbuilt = found.find(({ state }) => state !== 'past')
  if (unbuilt) throw tryAgain('not-yet-visible', `${label} is not built yet.`)
  return {
    versions: new Map(found.map(({ model, version }) => [model, version])),
    standsAt: Math.min(...found.map((each) => each.stands_at)),
  }
}
