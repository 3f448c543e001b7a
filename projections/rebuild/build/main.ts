import { readSettings, runUnit } from '@bizosaas/runtime'
import { rebuildSettings, start } from './start.ts'

await runUnit('rebuild', () => start(readSettings([...rebuildSettings])))
