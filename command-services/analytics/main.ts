import { readSettings, runUnit } from '@bizosaas/runtime'
import { analyticsSettings, start } from './start.ts'

await runUnit('analytics', () => start(readSettings(analyticsSettings)))
