/** How far what was answered has come: through the relay into Kafka, and from there into every read model. */
import { connectPostgres, type Postgres } from '@bizosaas/databases'
import { projections } from '@bizosaas/projections/all.ts'
import { topicsOf } from '@bizosaas/projections/runner/items.ts'
import { topicName, topics } from '@bizosaas/schemas'

type Settings = Readonly<Record<string, string>>
type Tail = { readonly position: number } | null
type LedgerRow = { readonly position: number; readonly tails: Readonly<Record<string, readonly Tail[]>> }
type Mark = {
  readonly model: string
  readonly version: number
  readonly topic: string
  readonly partition: number
  readonly position: number
  readonly halted: string | null
}

const generation = 'g1'

/**
 * @param position up to which everything must have arrived
 * @param versionOf a model whose version is not the one that serves
 * @returns what is behind; nothing when all has arrived
 */
export const behind = async (
  settings: Settings,
  position: number,
  versionOf: (version: number) => number = (version) => version,
): Promise<string[]> => {
  const { ledger, marks } = await read(settings)
  if (ledger === undefined) return position > 0 ? ['the relay has published nothing'] : []
  if (ledger.position < position) return [`the relay is at ${ledger.position} of ${position}`]
  return projections.flatMap((projection) =>
    topics
      .filter((kind) => topicsOf(projection, generation).includes(topicName(kind, generation)))
      .flatMap((kind) =>
        (ledger.tails[kind] ?? []).flatMap((tail, partition) => {
          if (tail === null) return []
          const mark = marks.find(
            (each) =>
              each.model === projection.name &&
              each.version === versionOf(projection.version) &&
              each.topic === topicName(kind, generation) &&
              each.partition === partition,
          )
          if ((mark?.position ?? -1) >= tail.position) return []
          const halted = mark?.halted ? `, halted: ${mark.halted}` : ''
          return [`${projection.name} is at ${mark?.position} of ${tail.position} in ${kind}[${partition}]${halted}`]
        }),
      ),
  )
}

/** Streams that were parked, and partitions that do not go on, by all versions; and how many records were dropped as repeats. */
export const setAside = (settings: Settings): Promise<{ parked: string[]; halted: string[]; duplicates: number }> =>
  withPostgres(settings, async (postgres) => {
    const parked = await postgres.query<{ what: string }>(
      `SELECT DISTINCT model || ' v' || version || ' ' || stream AS what FROM read_model.parked`,
    )
    const halted = await postgres.query<{ what: string }>(
      `SELECT model || ' v' || version || ' ' || topic || '[' || partition || ']: ' || halted AS what
       FROM read_model.checkpoint WHERE halted IS NOT NULL`,
    )
    const [dropped] = await postgres.query<{ repeated: number }>(
      'SELECT sum(repeated)::bigint AS repeated FROM read_model.checkpoint',
    )
    return {
      parked: parked.map(({ what }) => what),
      halted: halted.map(({ what }) => what),
      duplicates: dropped?.repeated ?? 0,
    }
  })

const read = (settings: Settings): Promise<{ ledger: LedgerRow | undefined; marks: Mark[] }> =>
  withPostgres(settings, async (postgres) => {
    const [ledger] = await postgres.query<LedgerRow>(
      'SELECT position, tails FROM relay.ledger WHERE generation = $1 ORDER BY seq DESC LIMIT 1',
      [generation],
    )
    const marks = await postgres.query<Mark>(
      'SELECT model, version, topic, partition, position, halted FROM read_model.checkpoint',
    )
    return { ledger, marks }
  })

/** As the runners, who may read the relay's ledger as well. */
export const withPostgres = async <Result>(
  settings: Settings,
  ask: (postgres: Postgres) => Promise<Result>,
): Promise<Result> => {
  const postgres = connectPostgres(settings.POSTGRES_PROJECTOR_URL ?? '', {
    name: 'prove',
    connections: 1,
    statementTimeoutMs: 60_000,
  })
  try {
    return await ask(postgres)
  } finally {
    await postgres.close()
  }
}
