import { readSettings, runUnit } from '@bizosaas/runtime'
import { gatewaySettings, start } from './start.ts'

await runUnit('gateway', () => start(readSettings(gatewaySettings)))
