/** How far is each projection, and is anything wrong with it? */
import { liveGeneration, type Postgres } from '@bizosaas/databases'
import { get, Instant, isAllowed, type Route } from '@bizosaas/http'
import { projections } from '@bizosaas/projections/all.ts'
import { topicName, topics } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { ledgerHead } from '../ledger.ts'
import { type CheckpointRow, checkpointsSql, type ModelVersion, ProjectionState, stateOf } from './projection-state.ts'

const Projections = Type.Object({
  items: Type.Array(ProjectionState),
  head: Type.Union([Type.Object({ position: Type.Integer(), instant: Instant }), Type.Null()], {
    description: 'How far the relay is; null before the first event',
  }),
})

/** @param first the generation of topics at which the line begins whose end is live */
export const projectionRoutes = (postgres: Postgres, first: string): Route[] => [
  get('/v1/projections', {
    may: 'projection:read',
    summary: 'Read how far the projections are',
    answer: Projections,
    run: ({ principal, now }) =>
      postgres.asTenant(principal, async (tx) => {
        const generation = await liveGeneration(tx, first)
        const head = await ledgerHead(tx, generation)
        const checkpoints = await tx.query<CheckpointRow>(checkpointsSql, [
          topics.map((kind) => topicName(kind, generation)),
        ])
        const live = await tx.query<Named>('SELECT model, version FROM read_model.live_version')
        const seesAll = isAllowed(principal.roles, 'system:read')
        const items: ProjectionState[] = []
        for (const { model, version } of everyVersion(checkpoints)) {
          const of = { model, version, live: live.find((other) => other.model === model)?.version ?? null }
          const its = checkpoints.filter((row) => row.model === model && row.version === version)
          items.push(await stateOf(tx, generation, head, of, its, { now, seesAll }))
        }
        return { items, head: head && { position: head.position, instant: head.instant } }
      }),
  }),
]

type Named = Pick<ModelVersion, 'model' | 'version'>

/** The versions of this release, started or not, and those that have read the topics. */
function everyVersion(read: readonly Named[]): Named[] {
  const ours = projections.map(({ name, version }) => ({ model: name, version }))
  const byName = new Map([...ours, ...read].map((each) => [`${each.model} ${each.version}`, each]))
  return [...byName.values()].sort((a, b) => (a.model < b.model ? -1 : a.model > b.model ? 1 : a.version - b.version))
}
