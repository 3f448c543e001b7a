/**
 * The embedded parts without the services, until a signal: `node deploy/embedded/run.mjs --parts deploy/embedded/parts-only.ts [--free-ports]`.
 * What runs and every setting to reach it stand in `<data>/state.json`.
 */
import path from 'node:path'
import { InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from './bootstrap/problem.mjs'
import { say } from './bootstrap/progress.mjs'
import { root } from './paths.ts'
import { freePorts, portNames } from './ports.ts'
import { startStack } from './supervisor/stack.ts'

try {
  const settings = readSettings(['BIZOSAAS_DATA_DIR', ...portNames], readEnvironment(root))
  const ports = process.argv.includes('--free-ports') ? await freePorts() : settings
  const dataFolder = path.resolve(root, settings.BIZOSAAS_DATA_DIR)
  const stack = await startStack({ dataFolder, ports, say, gaveUp: giveUp })
  say(`The parts run; ${path.join(dataFolder, 'state.json')} says where.`)
  const stop = async () => {
    await stack.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
} catch (error) {
  giveUp(error instanceof InvalidSettings ? new Problem(error.message) : error)
}
