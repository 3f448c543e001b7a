/** The runner itself, with one read model, as a process that stays while it starts and stops: so it runs warm, as in life. */
import { projectionSettings, start } from '@bizosaas/projections/runner/start.ts'
import { readSettings, type Stop } from '@bizosaas/runtime'
import { serveTasks } from '../lib/worker.ts'
import { type ModelName, models } from './models.ts'

export type RunnerTask = { readonly model: ModelName; readonly generation: string } | null

let stop: Stop | null = null

/** Takes what to read into which model; null stops it. */
serveTasks<RunnerTask, void>(async (task) => {
  if (task === null) return stop?.()
  const env = { ...process.env, TOPIC_GENERATION: task.generation }
  stop = await start(readSettings(projectionSettings, env), undefined, [models[task.model]])
})
