/** `npm run oracle`: judges the system that the settings name, or else the one that `npm start` runs. */
import { readState } from '@bizosaas/embedded/supervisor/state.ts'
import { readEnvironment, readSettings } from '@bizosaas/runtime'
import { python } from './run.ts'

const env = readEnvironment()
const { BIZOSAAS_DATA_DIR: folder } = readSettings(['BIZOSAAS_DATA_DIR'], env)
python(['-m', 'oracle', ...process.argv.slice(2)], { ...readState(folder)?.settings, ...env }, 'inherit').on(
  'exit',
  (code) => {
    process.exitCode = code ?? 2
  },
)
