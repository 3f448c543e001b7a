/** The process that moves events: relay and projections, what operators order about them, and the auditor who looks after them. */
import { start as startRebuilds } from '@bizosaas/projections/rebuild/start.ts'
import { projectionSettings, start as startProjections } from '@bizosaas/projections/runner/start.ts'
import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { auditSettings, start as startAudit } from '@bizosaas/streams/audit/start.ts'
import { relaySettings, start as startRelay } from '@bizosaas/streams/relay/start.ts'
import { together } from './together.ts'

await runUnit('flow', () => {
  const settings = readSettings(
    [...relaySettings, ...projectionSettings, ...auditSettings, 'HOST', 'HEALTH_PORT'],
    process.env,
  )
  const watched = { name: 'flow', host: settings.HOST, port: settings.HEALTH_PORT }
  return withProbes(watched, (health) =>
    together([
      () => startRelay(settings, health),
      () => startProjections(settings, health),
      async () => startRebuilds(settings),
      () => startAudit(settings),
    ]),
  )
})
