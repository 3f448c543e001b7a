/**
 * Brings the system up without sample data and keeps it up until a signal, for tests and for work on single units:
 * `node deploy/embedded/run.mjs --parts deploy/embedded/up.ts [--parts-only] [--free-ports]`.
 *
 * `state.json` in the data folder then holds every setting to reach it.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { giveUp } from './bootstrap/problem.mjs'
import { say } from './bootstrap/progress.mjs'
import { bringUp } from './bring-up.ts'

try {
  const { values } = parseArgs({ options: { 'parts-only': { type: 'boolean' }, 'free-ports': { type: 'boolean' } } })
  const up = await bringUp({ withUnits: !values['parts-only'], freePorts: values['free-ports'] ?? false })
  say(`Up; ${path.join(up.dataFolder, 'state.json')} says where.`)
} catch (error) {
  giveUp(error)
}
