/** `npm run prometheus`: Prometheus with the shipped rules, beside the system that runs here, until Ctrl-C. */
import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from '../embedded/bootstrap/problem.mjs'
import { say } from '../embedded/bootstrap/progress.mjs'
import { dataFolderOf } from '../embedded/bring-up.ts'
import { root } from '../embedded/paths.ts'
import { isLocked } from '../embedded/supervisor/lock.ts'
import { readState } from '../embedded/supervisor/state.ts'
import { programs, startPrometheus, targetsOf } from './prometheus.ts'

const help = `npm run prometheus

Fetches Debian's Prometheus into the user's cache and starts it beside the system that "npm start" runs, with the configuration and
the alerts of deploy/observability. It tells its address and ends with Ctrl-C; its figures are kept in the data folder.
`

try {
  if (process.argv.includes('--help')) {
    process.stdout.write(help)
    process.exit(0)
  }
  const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], readEnvironment(root))
  const folder = dataFolderOf(BIZOSAAS_DATA_DIR)
  const mark = existsSync(folder) ? realpathSync(folder) : folder
  const state = (await isLocked(mark)) ? readState(mark) : null
  if (state === null) throw new Problem(`Nothing runs on ${mark}: "npm start" starts it.`)
  const found = await programs((what) => say(`Prometheus: ${what} …`))
  const { url, stop } = await startPrometheus(found, path.join(mark, 'prometheus'), targetsOf(state))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0)))
  say(`Alerts    ${url}/alerts\nTargets   ${url}/targets\nFigures   ${url}/graph\nCtrl-C ends it.`)
} catch (error) {
  giveUp(error instanceof InvalidSettings ? new Problem(error.message) : error)
}
