import { readSettings, runUnit } from '@bizosaas/runtime'
import { routePolicySettings, start } from './start.ts'

await runUnit('route-policies', () => start(readSettings(routePolicySettings)))
