/**
 * A new generation of topics is filled and made live while commands and queries go on. What counts: no command fails, no query
 * is answered with a fault, what a client has in hand stays valid, and the read models are what history says.
 */
import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { withoutSettings } from '../jest/without-settings.ts'
import { runOracleAtTheEnd } from '../oracle/run.ts'
import { type Agency, newAgency } from './agency.ts'
import { keepDoing, stopDoing } from './keep-doing.ts'
import { createCampaign, observe, registerAccount, row } from './marketing.ts'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { until } from './until.ts'

let own: OwnSystem
let agency: Agency
beforeAll(async () => {
  own = await startOwnSystem()
  agency = newAgency(own.system)
}, 180_000)
afterAll(() => own?.stop(), 90_000)

/** `npm run reseed`, on the system of this test. */
const reseed = (...args: string[]) => {
  const child = spawn(process.execPath, ['deploy/reseed/main.ts', ...args], {
    cwd: new URL('../..', import.meta.url),
    env: { ...withoutSettings(process.env), NODE_OPTIONS: '', LOG_LEVEL: 'error', ...own.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  return {
    said: () => said,
    ended: new Promise<number | null>((resolve) => child.on('exit', resolve)),
    kill: () => child.kill('SIGKILL'),
  }
}

afterEach(stopDoing)

test('a reseed, killed once on its way, switches to new topics while commands and queries go on', async () => {
  const account = await registerAccount(agency, 'reseed')
  const pages = 20
  for (let page = 0; page < pages; page++) {
    const rows = Array.from({ length: 500 }, (_, n) => row({ adId: `ad-${page}-${n}`, clicks: n }))
    expect((await observe(agency, account, rows)).status).toBe(200)
  }
  const before = await createCampaign(agency, 'Before')
  let last = before.token

  const commands = keepDoing(100, async (time) => {
    const { id } = await createCampaign(agency, `Meanwhile ${time}`)
    const { status, token } = await agency.ask('POST', `/v1/campaigns/${id}/submit`, { body: {} })
    if (status !== 200) throw new Error(`submit: ${status}`)
    last = token
  })
  const queries = keepDoing(50, async () => {
    for (const path of ['/v1/campaigns', '/v1/metrics', '/v1/projections']) {
      const { status, body } = await agency.ask('GET', path, { once: true })
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    }
  })

  const killed = reseed()
  await until('the new topics are being filled', 60_000, () => killed.said().includes('Filling the topics of g2'))
  killed.kill()
  await killed.ended
  const reseeding = reseed()
  expect([await reseeding.ended, reseeding.said()]).toEqual([0, expect.stringContaining('g2 is live')])

  // The flow goes on in the new topics, and tokens from before mean what they meant.
  const after = await createCampaign(agency, 'After')
  for (const token of [before.token, after.token]) {
    expect((await agency.ask('GET', '/v1/campaigns', { after: token })).status).toBe(200)
  }
  expect(await commands.stop()).toEqual([])
  expect(await queries.stop()).toEqual([])
  expect(commands.times()).toBeGreaterThan(20)
  expect(queries.times()).toBeGreaterThan(20)

  for (const path of ['/v1/campaigns', `/v1/campaigns/${after.id}/timeline`]) {
    await until(
      'the last command is seen',
      60_000,
      async () => (await agency.ask('GET', path, { after: last })).status === 200,
    )
  }
  const verdict = await runOracleAtTheEnd({ ...own.settings, TOPIC_GENERATION: 'g2' })
  if (!verdict.ok) throw new Error(verdict.summary)

  // The old topics go only when nobody reads them.
  const early = reseed('--retire', 'g2')
  expect([await early.ended, early.said()]).toEqual([1, expect.stringContaining('g2 was not succeeded')])
  const retiring = reseed('--retire', 'g1')
  expect([await retiring.ended, retiring.said()]).toEqual([0, expect.stringContaining('The topics of g1 are deleted')])

  // Whoever starts anew finds the new topics by the same settings.
  own.kill('flow')
  const later = await createCampaign(agency, 'Later')
  await until('the system is back', 60_000, async () => {
    return own.isWhole() && (await agency.ask('GET', '/v1/campaigns', { after: later.token })).status === 200
  })
}, 600_000)
