import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { projectionSettings, start } from './start.ts'

await runUnit('projections', () => {
  const settings = readSettings([...projectionSettings, 'HOST', 'HEALTH_PORT'])
  const watched = { name: 'projections', host: settings.HOST, port: settings.HEALTH_PORT }
  return withProbes(watched, (health) => start(settings, health))
})
