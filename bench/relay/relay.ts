/** The relay itself, as a process that publishes one generation after the other, so that it runs warm as it does in life. */
import { readSettings } from '@bizosaas/runtime'
import { type RunningRelay, relaySettings, startRelay } from '@bizosaas/streams/relay/start.ts'
import { serveTasks } from '../lib/worker.ts'

let running: RunningRelay | null = null

/** Takes the generation to publish into, answers when (Unix time in ms) it began to read; null stops it. */
serveTasks<string | null, number>(async (generation) => {
  if (generation === null) {
    await running?.stop()
    return Date.now()
  }
  const env = { ...process.env, TOPIC_GENERATION: generation }
  running = await startRelay(readSettings(relaySettings, env))
  return Date.now()
})
