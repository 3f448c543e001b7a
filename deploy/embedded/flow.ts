/** The process that moves events: relay and projections. Its health and metrics are served on `--health-port`. */
import { parseArgs } from 'node:util'
import { authenticationFrom, serve } from '@bizosaas/http'
import { projectionSettings, start as startProjections } from '@bizosaas/projections/runner/start.ts'
import { collectProcessMetrics, createHealth, log, readSettings, runUnit } from '@bizosaas/runtime'
import { relaySettings, start as startRelay } from '@bizosaas/streams/relay/start.ts'
import { together } from './together.ts'

const { values } = parseArgs({ options: { 'health-port': { type: 'string', default: '0' } } })

await runUnit('flow', async () => {
  collectProcessMetrics()
  const health = createHealth((check, error) => log.warn({ unit: 'flow', check, err: error }, 'not ready'))
  const settings = readSettings(['HOST', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_PUBLIC_KEY_FILE'], process.env)
  return together([
    () => startRelay(readSettings(relaySettings, process.env), health),
    () => startProjections(readSettings(projectionSettings, process.env), health),
    () =>
      serve({
        name: 'flow',
        title: 'BizOSaaS relay and projections',
        version: '1.0.0',
        host: settings.HOST,
        port: Number(values['health-port']),
        routes: [],
        auth: authenticationFrom(settings),
        health,
      }),
  ])
})
