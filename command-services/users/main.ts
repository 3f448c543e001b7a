import { readSettings, runUnit } from '@bizosaas/runtime'
import { start, usersSettings } from './start.ts'

await runUnit('users', () => start(readSettings(usersSettings)))
