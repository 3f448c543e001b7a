import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { auditSettings, start } from './start.ts'

await runUnit('audit', () => {
  const settings = readSettings([...auditSettings, 'HOST', 'HEALTH_PORT'])
  return withProbes({ name: 'audit', host: settings.HOST, port: settings.HEALTH_PORT }, () => start(settings))
})
