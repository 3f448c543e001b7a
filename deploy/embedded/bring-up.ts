import path from 'node:path'
import { InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from './bootstrap/problem.mjs'
import { say } from './bootstrap/progress.mjs'
import { checkSettings } from './check-settings.ts'
import { root } from './paths.ts'
import { freePort, freePorts, portNames } from './ports.ts'
import { type Stack, takeStack } from './supervisor/stack.ts'

/** The data folder that the settings name, relative to the clone. */
export const dataFolderOf = (name: string): string => path.resolve(root, name)

export type Up = Stack & {
  readonly dataFolder: string
  /** The settings of the environment and of `.env`, with those that the stack computed. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Brings the system up by the settings of the environment and of `.env`, and sees that it goes down with a signal, at any moment.
 *
 * @throws Problem
 */
export async function bringUp(options: { readonly withUnits: boolean; readonly freePorts: boolean }): Promise<Up> {
  try {
    const environment = readEnvironment(root)
    checkSettings(environment)
    const settings = readSettings(['BIZOSAAS_DATA_DIR', ...portNames], environment)
    const HEALTH_PORT = settings.HEALTH_PORT || (await freePort())
    const ports = options.freePorts ? await freePorts() : { ...settings, HEALTH_PORT }
    const dataFolder = dataFolderOf(settings.BIZOSAAS_DATA_DIR)
    const { withUnits } = options
    let stop = async () => {}
    const gaveUp = async (problem: Problem) => {
      await stop()
      giveUp(problem)
    }
    const stack = await takeStack({ dataFolder, ports, environment, withUnits, say, gaveUp })
    stop = stack.stop
    const signalled = endOnSignal(stop)
    try {
      await stack.start()
    } catch (error) {
      await stack.stop()
      throw error
    }
    if (signalled()) await new Promise(() => {})
    return { ...stack, dataFolder, environment: { ...environment, ...stack.settings } }
  } catch (error) {
    throw error instanceof InvalidSettings ? new Problem(error.message) : error
  }
}

/** Stops and ends with the exit code that shells give to a signal; asked for a stop, that is success. */
function endOnSignal(stop: () => Promise<void>): () => boolean {
  let signalled = false
  const end = async () => {
    if (signalled) return
    signalled = true
    say('Stopping …')
    await stop()
    say('Everything is stopped.')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
  return () => signalled
}
