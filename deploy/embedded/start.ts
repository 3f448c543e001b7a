/** `npm start`: the whole system with sample data, on one machine. */
import { parseArgs } from 'node:util'
import { host } from './addresses.ts'
import { giveUp, Problem } from './bootstrap/problem.mjs'
import { say } from './bootstrap/progress.mjs'
import { bringUp, type Up } from './bring-up.ts'
import { sampleTenant, showSample } from './show-sample.ts'

const help = `Starts BizOSaaS: event store, Kafka, databases, services, and on the first start the sample data.

  npm start               until Ctrl-C
  npm start -- --once     starts, shows, stops again

Data, keys and logs are kept in .data (BIZOSAAS_DATA_DIR); every setting stands in .env.example.
Beside it: npm run stack -- status|logs <part>|stop|reset
`

try {
  const { once, help: asked } = readArguments()
  if (asked) {
    process.stdout.write(help)
    process.exit(0)
  }
  const up = await bringUp({ withUnits: true, freePorts: false })
  try {
    await showSample(up, say)
    say(addresses(up))
    if (once) {
      await up.stop()
      say('Everything is stopped.')
      process.exit(0)
    }
  } catch (error) {
    await up.stop()
    throw error
  }
} catch (error) {
  giveUp(error)
}

function readArguments() {
  try {
    return parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}; "npm start -- --help" tells what there is.`)
  }
}

function addresses({ settings }: Up): string {
  return `
Everything     http://${host}:${settings.GATEWAY_PORT}/docs   (the gateway)
People         http://${host}:${settings.USERS_PORT}/docs
Campaigns      http://${host}:${settings.CAMPAIGNS_PORT}/docs
Orders         http://${host}:${settings.ANALYTICS_PORT}/docs
Ad accounts    http://${host}:${settings.INTEGRATIONS_PORT}/docs
Route policies http://${host}:${settings.ROUTE_POLICIES_PORT}/docs
Queries        http://${host}:${settings.QUERY_PORT}/docs
A token        npm run -s token -- --tenant ${sampleTenant} --role owner
What runs      npm run stack -- status
`
}
