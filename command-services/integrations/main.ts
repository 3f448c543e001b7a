import { readSettings, runUnit } from '@bizosaas/runtime'
import { integrationsSettings, start } from './start.ts'

await runUnit('integrations', () => start(readSettings(integrationsSettings)))
