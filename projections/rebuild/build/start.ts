import { setTimeout as pause } from 'node:timers/promises'
import type { Settings, Stop } from '@bizosaas/runtime'
import { projections } from '../../all.ts'
import { onTopics, topicsSettings } from '../../runner/on-topics.ts'
import type { Projection } from '../../runner/projection.ts'
import { followVersions } from '../follow-versions.ts'
import { fill } from './fill.ts'
import { finishWhenBuilt } from './finish.ts'
import { inCompany } from './in-company.ts'
import { pacing } from './pacing.ts'
import { watchTraffic } from './traffic.ts'

export const rebuildSettings = [...topicsSettings, 'REBUILD_SHARE'] as const

export type RebuildConfig = Settings<(typeof rebuildSettings)[number]>

const rest = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal }).catch(() => {})

/**
 * Starts a rebuild worker as a unit: it fills the versions that are `building`, from where their checkpoints are to the end of
 * the topics, and makes them `ready`. Any number of them share the partitions. A version that is paused or cancelled is let
 * go of; one that comes is read together with the others.
 */
export function start(config: RebuildConfig, definitions: readonly Projection[] = projections): Promise<Stop> {
  return onTopics(config, 'rebuild', async (topics) => {
    const { postgres, generation } = topics
    const traffic = watchTraffic(postgres, generation)
    const pace = pacing({ share: config.REBUILD_SHARE, isBusy: traffic.isBusy, now: () => performance.now(), rest })
    const parts = { ...topics, pacing: pace }
    const together = inCompany((versions: readonly Projection[], stopping) => fill(versions, parts, stopping))
    const versions = await followVersions(postgres, 'building', definitions, (version) => {
      const leave = together(version)
      const stopLooking = finishWhenBuilt(version, parts)
      return { stop: async () => void (await Promise.all([leave(), stopLooking()])) }
    })
    return async () => void (await Promise.all([versions.stop(), traffic.stop()]))
  })
}
