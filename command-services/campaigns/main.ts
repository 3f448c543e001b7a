import { readSettings, runUnit } from '@bizosaas/runtime'
import { campaignsSettings, start } from './start.ts'

await runUnit('campaigns', () => start(readSettings(campaignsSettings)))
