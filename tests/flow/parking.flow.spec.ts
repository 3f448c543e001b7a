/** A bad event stops nobody but its own stream, nobody is left in the dark about it, and an operator works it off. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { connectEventStore, type EventStore } from '@bizosaas/event-store'
import { CampaignId, ClientId, canonical, Instant, metadataToStored, streamName, TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Agency, newAgency } from './agency.ts'
import { type Campaign, createCampaign, type Page } from './marketing.ts'
import { until } from './until.ts'

type Parked = { id: string; model: string; version: number; stream: string; position: number; behind: number }
type Shown = { first: { data: unknown } | null; orders: { orderId: string; outcome: string; applied: number }[] }

let store: EventStore
beforeAll(() => {
  store = connectEventStore(process.env.KURRENTDB_URL ?? '')
})
afterAll(() => store.close())

/** Written past every decider: a campaign that is renamed before it is created, and goes on as if nothing were wrong. */
async function writeBadStream(agency: Agency) {
  const tenantId = TenantId.parse(agency.tenantId)
  const clientId = ClientId.parse(agency.clientId)
  const campaignId = CampaignId.parse(randomUUID())
  const events = [
    ['CampaignRenamed', canonical('CampaignRenamed', { campaignId, name: 'Too early' })],
    ['CampaignCreated', canonical('CampaignCreated', { campaignId, clientId, name: 'Created', objective: null })],
    ['CampaignRenamed', canonical('CampaignRenamed', { campaignId, name: 'In the end' })],
  ] as const
  const metadata = () => {
    const id = randomUUID()
    const why = { actor: 'flow-test', commandId: id, bodyHash: '', correlationId: id, causationId: id }
    const when = { recordedAt: Instant.now(), schemaVersion: '1', traceparent: null, roles: null, origin: null }
    return metadataToStored({ tenantId, clientId, ...why, ...when })
  }
  const written = events.map(([type, data]) => ({ id: randomUUID(), type, data, metadata: metadata() }))
  const stream = streamName('campaign', tenantId, campaignId)
  await store.append([{ stream, expected: 'no-stream', events: written }])
  return { campaignId, stream }
}

const program = fileURLToPath(new URL('../../streams/parked/main.ts', import.meta.url))

/** What `npm run parked` says to the agency's operator, and its exit code. */
const parkedCli = ({ tokenFor }: Agency, ...args: string[]) =>
  new Promise<{ code: number | string; said: string }>((resolve) => {
    const env = { ...process.env, BIZOSAAS_TOKEN: tokenFor(['operator']) }
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    )
  })

test('an operator works a parked stream off by the command line', async () => {
  const agency = newAgency()
  const { stream, campaignId } = await writeBadStream(agency)
  await until('the stream is parked', 20_000, async () => (await parkedCli(agency, 'list')).said.includes(stream))
  const [id = ''] = (await parkedCli(agency, 'list')).said.split(' ')
  const shown = await parkedCli(agency, 'show', id)
  expect(shown).toMatchObject({ code: 0, said: expect.stringContaining('Too early') })
  const [, position = ''] = /at position (\d+)/.exec(shown.said) ?? []
  // Nothing is mended, so that it fails again.
  expect(await parkedCli(agency, 'redrive', id)).toMatchObject({
    code: 2,
    said: expect.stringContaining('0 events were applied, then one could not be: Error: CampaignRenamed of a campaign'),
  })
  const other = await parkedCli(agency, 'skip', id, '--position', `${Number(position) + 1}`, '--reason', 'mistaken')
  expect(other).toMatchObject({ code: 2, said: expect.stringContaining(`is at position ${position}, not`) })
  expect(await parkedCli(agency, 'skip', id, '--position', position, '--reason', 'by hand')).toMatchObject({
    code: 0,
    said: '2 events were applied, and nothing waits any more.\n',
  })
  expect((await parkedCli(agency, 'list')).said).toBe('Nothing is parked.\n')
  const campaign = await agency.ask<Campaign>('GET', `/v1/campaigns/${campaignId}`)
  expect(campaign.body).toMatchObject({ name: 'In the end' })
}, 120_000)

test('a bad event parks its stream alone, answers say so, and after it is skipped the later ones are applied', async () => {
  const agency = newAgency()
  const { ask } = agency
  const { campaignId, stream } = await writeBadStream(agency)
  const operator = { roles: ['operator' as const] }
  const parkedNow = async () => (await ask<Page<Parked>>('GET', '/v1/parked', operator)).body.items

  await until('the stream is parked, with what comes after', 20_000, async () => (await parkedNow())[0]?.behind === 2)
  const [parked, ...others] = await parkedNow()
  if (parked === undefined) throw new Error('Nothing is parked.')
  expect(parked).toMatchObject({ model: 'campaign-list', stream })
  expect(others).toEqual([])

  // The same tenant's other campaigns go on, and every answer says that something is missing.
  const { id, token } = await createCampaign(agency, 'Goes on')
  const incomplete = await ask<Page<Campaign>>('GET', '/v1/campaigns', { after: token })
  expect(incomplete.body.items.map((campaign) => campaign.id)).toEqual([id])
  expect(incomplete.headers.get('incomplete')).toBe('parked=1')
  const missing = await ask('GET', `/v1/campaigns/${campaignId}`)
  expect([missing.status, missing.headers.get('incomplete')]).toEqual([404, 'parked=1'])

  const path = `/v1/parked/${parked.id}`
  const shown = await ask<Shown>('GET', path, operator)
  expect(shown.body.first?.data).toEqual({ campaignId, name: 'Too early' })

  const { model, version, position } = parked
  const order = { model, version, stream, position, reason: 'written by hand, before the campaign was' }
  expect((await ask('POST', `${path}/skip`, { body: order })).status).toBe(403)
  const given = await ask<{ orderId: string }>('POST', `${path}/skip`, { ...operator, body: order })
  expect(given.status).toBe(202)
  const outcome = async () => {
    const { body } = await ask<Shown>('GET', path, { ...operator, after: given.token })
    return body.orders.find(({ orderId }) => orderId === given.body.orderId)
  }
  await until('the order is carried out', 20_000, async () => (await outcome())?.outcome !== 'pending')
  expect(await outcome()).toMatchObject({ outcome: 'applied', applied: 2 })

  const complete = await ask<Campaign>('GET', `/v1/campaigns/${campaignId}`)
  expect(complete.body).toMatchObject({ name: 'In the end', state: 'draft', revision: 2 })
  expect(complete.headers.get('incomplete')).toBeNull()
  expect(await parkedNow()).toEqual([])
}, 90_000)
