import { readSettings, runUnit } from '@bizosaas/runtime'
import { projectionSettings, start } from './start.ts'

await runUnit('projections', () => start(readSettings(projectionSettings, process.env)))
