/** Which system a tool works on. */
import { existsSync, realpathSync } from 'node:fs'
import { CannotStart, InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from './bootstrap/problem.mjs'
import { bringUp, dataFolderOf } from './bring-up.ts'
import { root } from './paths.ts'
import { isLocked } from './supervisor/lock.ts'
import { readState } from './supervisor/state.ts'

type System = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly leave: () => Promise<void>
}

/**
 * The one that the environment or `.env` names; else the one that runs on the data folder; else the parts of that folder alone,
 * brought up for as long as the tool runs, because a system that is halted does not come up as a whole.
 */
async function findSystem(): Promise<System> {
  const environment = readEnvironment(root)
  if (environment.POSTGRES_ADMIN_URL) return { environment, leave: async () => {} }
  const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], environment)
  const folder = dataFolderOf(BIZOSAAS_DATA_DIR)
  const mark = existsSync(folder) ? realpathSync(folder) : null
  const running = mark !== null && (await isLocked(mark)) ? readState(mark) : null
  if (running !== null) return { environment: { ...environment, ...running.settings }, leave: async () => {} }
  const up = await bringUp({ withUnits: false, freePorts: false })
  return { environment: up.environment, leave: up.stop }
}

type Command = (args: readonly string[], environment: System['environment']) => Promise<void>

/** Runs a tool on the system that is found; what asks for nothing but its help finds none. */
export async function runOnSystem(command: Command): Promise<never> {
  const args = process.argv.slice(2)
  try {
    const system = args.includes('--help') ? { environment: {}, leave: async () => {} } : await findSystem()
    try {
      await command(args, system.environment)
    } finally {
      await system.leave()
    }
    process.exit(0)
  } catch (error) {
    const isForThePerson = error instanceof CannotStart || error instanceof InvalidSettings
    return giveUp(isForThePerson ? new Problem(error.message) : error)
  }
}
