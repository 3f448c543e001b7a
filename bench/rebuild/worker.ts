/** A rebuild worker as it is shipped, in a process that stays, so that it runs warm. */
import { rebuildSettings, start } from '@bizosaas/projections/rebuild/build/start.ts'
import { readSettings, type Stop } from '@bizosaas/runtime'
import { serveTasks } from '../lib/worker.ts'
import { models } from '../projections/models.ts'

let stop: Stop | null = null

/** Starts it, or with false stops it; answers the most memory that the process ever had, in MiB. */
serveTasks<boolean, number>(async (isOn) => {
  if (isOn) stop = await start(readSettings(rebuildSettings), Object.values(models))
  else await stop?.()
  return process.resourceUsage().maxRSS / 1_024
})
