import { connectRedis } from '@bizosaas/databases'
import { createTopics } from '@bizosaas/kafka'
import type { Health, Settings, Stop } from '@bizosaas/runtime'
import { topicName, topics } from '@bizosaas/schemas'
import { projections } from '../all.ts'
import { followVersions } from '../rebuild/follow-versions.ts'
import { ensureFirstVersions } from '../rebuild/version.ts'
import { announcer } from './announce.ts'
import { exposeLag } from './lag.ts'
import { onTopics, type Parts, topicsSettings } from './on-topics.ts'
import type { Projection } from './projection.ts'
import { type RunningProjection, runProjection } from './run-projection.ts'

export const projectionSettings = [...topicsSettings, 'REDIS_URL'] as const

export type ProjectionConfig = Settings<(typeof projectionSettings)[number]>

/** The tables that all projections share: to be applied as the owner of the database, before the first start. */
export const readModelMigrations = new URL('../migrations/', import.meta.url)

/**
 * Starts the runner as a unit: it keeps every version up to date that is built and whose definition it knows. Any number of them
 * share the partitions of each version among themselves. A database that is away is waited for; `health` says what does not run.
 * @param definitions of which models; all of the system's
 */
export async function start(
  config: ProjectionConfig,
  health?: Health,
  definitions: readonly Projection[] = projections,
): Promise<Stop> {
  const redis = connectRedis(config.REDIS_URL)
  const news = announcer(redis)
  const close = () => {
    news.stop()
    redis.close()
  }

  const begin = async (parts: Parts): Promise<Stop> => {
    const { kafka, postgres, generation, partitions } = parts
    const names = topics.map((topic) => topicName(topic, generation))
    await createTopics(kafka, names, partitions)
    await ensureFirstVersions(postgres, definitions)
    const versions = await followVersions(postgres, 'ready', definitions, (projection) =>
      runProjection(projection, { ...parts, announcer: news }),
    )
    for (const { name } of definitions) health?.add(name, async () => checkModel(name, versions.running.values()))
    const conceal = exposeLag(
      postgres,
      () => [...versions.running.values()].map(({ projection }) => projection),
      generation,
    )
    return async () => {
      conceal()
      await versions.stop()
    }
  }

  try {
    const stop = await onTopics(config, 'projections', begin)
    return async () => {
      await stop()
      close()
    }
  } catch (error) {
    close()
    throw error
  }
}

/** @throws unless versions of the model run, and all of them go on */
function checkModel(name: string, running: Iterable<RunningProjection>): void {
  const its = [...running].filter(({ projection }) => projection.name === name)
  if (its.length === 0) throw new Error(`${name} does not run: none of its versions is known here and built.`)
  for (const { check } of its) check()
}
