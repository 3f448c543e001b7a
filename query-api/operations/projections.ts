/** How far is each projection, and is anything wrong with it? */
import type { Postgres } from '@bizosaas/databases'
import { get, Instant, type Route } from '@bizosaas/http'
import { topicName, topics } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { ledgerHead } from '../ledger.ts'
import { type CheckpointRow, checkpointsSql, ProjectionState, stateOf } from './projection-state.ts'

const Projections = Type.Object({
  items: Type.Array(ProjectionState),
  head: Type.Union([Type.Object({ position: Type.Integer(), instant: Instant }), Type.Null()], {
    description: 'How far the relay is; null before the first event',
  }),
})

export const projectionRoutes = (postgres: Postgres, generation: string): Route[] => [
  get('/v1/projections', {
    may: 'projection:read',
    summary: 'Read how far the projections are',
    answer: Projections,
    run: ({ principal, now }) =>
      postgres.asTenant(principal, async (tx) => {
        const head = await ledgerHead(tx, generation)
        const rows = await tx.query<CheckpointRow>(checkpointsSql, [topics.map((kind) => topicName(kind, generation))])
        const versions = Map.groupBy(rows, ({ model, version }) => `${model} ${version}`)
        const items: ProjectionState[] = []
        for (const partitions of versions.values()) items.push(await stateOf(tx, generation, head, partitions, now))
        return { items, head: head && { position: head.position, instant: head.instant } }
      }),
  }),
]
