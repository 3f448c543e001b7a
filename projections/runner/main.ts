import { readSettings, runUnit, withProbes } from '@bizosaas/runtime'
import { start as startRebuilds } from '../rebuild/start.ts'
import { projectionSettings, start } from './start.ts'

await runUnit('projections', () => {
  const settings = readSettings([...projectionSettings, 'HOST', 'HEALTH_PORT'])
  const watched = { name: 'projections', host: settings.HOST, port: settings.HEALTH_PORT }
  return withProbes(watched, async (health) => {
    const stop = await start(settings, health)
    const stopRebuilds = startRebuilds(settings)
    return async () => {
      await stopRebuilds()
      await stop()
    }
  })
})
