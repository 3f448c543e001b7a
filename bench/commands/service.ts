import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFlags } from '@bizosaas/embedded/node-flags.ts'
import { atEnd } from '../lib/clean-up.ts'
import { until } from '../lib/until.ts'

const program = fileURLToPath(new URL('../../command-services/campaigns/main.ts', import.meta.url))

/**
 * The campaigns service as production runs it: its own process, one log line for each request.
 *
 * @returns where it listens
 */
export const startCampaigns = async (settings: Readonly<Record<string, string>>, folder: string): Promise<string> => {
  const log = openSync(join(folder, 'campaigns.log'), 'a')
  // It ends with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, ...nodeFlags, program], {
    env: { ...process.env, ...settings, NODE_ENV: 'production' },
    stdio: ['ignore', log, 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  atEnd(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const url = `http://127.0.0.1:${settings.CAMPAIGNS_PORT}`
  await until('the campaigns service is ready', 30_000, async () => {
    if (child.exitCode !== null) throw new Error('The campaigns service did not start.')
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  })
  return url
}
