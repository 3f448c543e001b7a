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
        const known = await tx.query<Known>(
          `SELECT model, version, definition, state FROM read_model.version WHERE state IN ('building', 'paused', 'ready', 'past')`,
        )
        const live = await tx.query<Named>('SELECT model, version FROM read_model.live_version')
        const seesAll = isAllowed(principal, 'system:read')
        const items: ProjectionState[] = []
        for (const each of everyVersion(known, checkpoints)) {
          const { model, version } = each
          const of = { ...each, live: live.find((other) => other.model === model)?.version ?? null }
          const its = checkpoints.filter((row) => row.model === model && row.version === version)
          items.push(await stateOf(tx, generation, head, of, its, { now, seesAll }))
        }
        return { items, head: head && { position: head.position, instant: head.instant } }
      }),
  }),
]

type Named = Pick<ModelVersion, 'model' | 'version'>
type Known = Omit<ModelVersion, 'live'>

/** The versions that were begun, those that have read the topics, and the first one of a model that was not started yet. */
function everyVersion(known: readonly Known[], read: readonly Named[]): Known[] {
  const begun = new Set(known.map(({ model }) => model))
  const guessed = [
    ...projections.filter(({ name }) => !begun.has(name)).map(({ name, version }) => ({ model: name, version })),
    ...read,
  ].map(({ model, version }) => ({ model, version, definition: version, state: 'ready' }))
  const byName = new Map([...guessed, ...known].map((each) => [`${each.model} ${each.version}`, each]))
  return [...byName.values()].sort((a, b) => (a.model < b.model ? -1 : a.model > b.model ? 1 : a.version - b.version))
}
