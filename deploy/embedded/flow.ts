/** The process that moves events: relay and projections. */
import { projectionSettings, start as startProjections } from '@bizosaas/projections/runner/start.ts'
import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { relaySettings, start as startRelay } from '@bizosaas/streams/relay/start.ts'
import { together } from './together.ts'

await runUnit('flow', () => {
  const settings = readSettings([...relaySettings, ...projectionSettings, 'HOST', 'HEALTH_PORT'], process.env)
  const watched = { name: 'flow', host: settings.HOST, port: settings.HEALTH_PORT }
  return withProbes(watched, (health) =>
    together([() => startRelay(settings, health), () => startProjections(settings, health)]),
  )
})
