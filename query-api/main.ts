import { readSettings, runUnit } from '@bizosaas/runtime'
import { querySettings, start } from './start.ts'

await runUnit('query-api', () => start(readSettings(querySettings)))
