import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { relaySettings, start } from './start.ts'

await runUnit('relay', () => {
  const settings = readSettings([...relaySettings, 'HOST', 'HEALTH_PORT'])
  const watched = { name: 'relay', host: settings.HOST, port: settings.HEALTH_PORT }
  return withProbes(watched, (health) => start(settings, health))
})
