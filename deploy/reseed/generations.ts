/** The line of generations, as PostgreSQL has it. */
import { liveGeneration, type Postgres } from '@bizosaas/databases'
import { CannotStart } from '@bizosaas/runtime'

export type Succession = { readonly from: string; readonly to: string; readonly partitions: number }

type Known = {
  readonly generation: string
  readonly partitions: number
  readonly succeeded_by: string | null
  readonly retired_at: string | null
}

/**
 * What is to succeed what.
 *
 * @param first the generation of the settings
 * @param asked the name of the next one; null for the first that is free
 * @throws CannotStart
 */
export async function plan(
  db: Postgres,
  { first, partitions, asked }: { readonly first: string; readonly partitions: number; readonly asked: string | null },
): Promise<Succession> {
  const from = await liveGeneration(db, first)
  const known = await db.query<Known>('SELECT generation, partitions, succeeded_by, retired_at FROM relay.generation')
  const find = (name: string) => known.find(({ generation }) => generation === name)
  const isUsed = (name: string) => {
    const other = find(name)
    return name === from || (other !== undefined && (other.succeeded_by !== null || other.retired_at !== null))
  }
  const to = asked ?? nextFree(from, isUsed)
  if (isUsed(to)) throw new CannotStart(`${to} is live or was live already: name a new generation with --to.`)
  const made = find(from)?.partitions ?? partitions
  // A checkpoint carries over only because the same partition holds the same events.
  for (const count of [partitions, find(to)?.partitions ?? made]) {
    if (count !== made)
      throw new CannotStart(
        `${from} has ${made} partitions, and a new generation must have as many, not ${count}: set TOPIC_PARTITIONS to ${made}.`,
      )
  }
  return { from, to, partitions: made }
}

function nextFree(from: string, isUsed: (name: string) => boolean): string {
  let n = Number(from.slice(1)) + 1
  while (isUsed(`g${n}`)) n += 1
  return `g${n}`
}
