import { readSettings, runUnit } from '@bizosaas/runtime'
import { relaySettings, start } from './start.ts'

await runUnit('relay', () => start(readSettings(relaySettings, process.env)))
