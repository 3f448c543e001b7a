/**
 * The sample data, through the public commands like anybody's: an agency's client with one ad account on Meta, three campaigns that run, and
 * what their ads brought in August 2023. Every request has a fixed idempotency key: loading again, or after an interruption, makes nothing
 * twice.
 */
import { fileURLToPath } from 'node:url'
import { importFile } from '@bizosaas/streams/import/import-file.ts'
import { readMapping } from '@bizosaas/streams/import/mapping.ts'
import { patientFetch, sayProblem } from '@bizosaas/streams/import/patient-fetch.ts'
import type { Counts } from '@bizosaas/streams/import/send.ts'

export interface SampleServices {
  readonly campaignsUrl: string
  readonly integrationsUrl: string
  /** Access token of an owner of the agency. */
  readonly token: string
  /** Whose campaigns they are. */
  readonly clientId: string
  readonly print: (line: string) => void
}

export interface LoadedSample {
  readonly counts: Counts
  readonly adAccountId: string
  /** To ask with: an answer that has seen these has seen all of the sample. */
  readonly consistencyTokens: readonly string[]
}

const account = {
  platform: 'meta',
  externalId: 'act_103916',
  name: 'Nordlicht Outdoor',
  currency: 'USD',
  timeZone: 'America/New_York',
}

/** By the platform's ids, which the file calls xyz_campaign_id. */
const campaigns = [
  {
    platformCampaignId: '916',
    name: 'Spring Leftovers',
    objective: 'Clear the stock of last season',
    budget: '500.00',
  },
  { platformCampaignId: '936', name: 'Trail Runners', objective: 'Sign-ups for the running club', budget: '5000.00' },
  { platformCampaignId: '1178', name: 'Back to School', objective: 'Orders of day packs', budget: '60000.00' },
]

const august = { startsOn: '2023-08-01', endsOn: '2023-08-31' }

const patienceMs = 60_000

/** @throws Error with the problem's words when a command is refused; Unanswered when a service stays away for a minute */
export async function loadSample({
  campaignsUrl,
  integrationsUrl,
  token,
  clientId,
  print,
}: SampleServices): Promise<LoadedSample> {
  const send = (method: 'POST' | 'PUT', url: string, body: object, key: string) =>
    command(method, url, body, { authorization: `Bearer ${token}`, 'idempotency-key': `sample:${key}` })

  const { id: adAccountId } = await send(
    'POST',
    `${integrationsUrl}/v1/ad-accounts`,
    { ...account, clientId },
    'account',
  )
  print(`Ad account ${account.name}: ${adAccountId}`)

  let lastEvent: string | null = null
  for (const { platformCampaignId, name, objective, budget } of campaigns) {
    const { id } = await send(
      'POST',
      `${campaignsUrl}/v1/campaigns`,
      { clientId, name, objective },
      `${platformCampaignId}:create`,
    )
    const url = `${campaignsUrl}/v1/campaigns/${id}`
    const step = (verb: string, body: object = {}) =>
      send('POST', `${url}/${verb}`, body, `${platformCampaignId}:${verb}`)
    await send('PUT', `${url}/budget`, { amount: budget, currency: account.currency }, `${platformCampaignId}:budget`)
    await step('link', { adAccountId, platformCampaignId })
    await step('submit')
    await step('approve', { comment: 'As discussed with the client' })
    await step('schedule', august)
    lastEvent = (await step('activate')).consistencyToken
    print(`Campaign ${name}: approved, scheduled and active`)
  }

  const file = fileURLToPath(new URL('facebook_ads.csv', import.meta.url))
  const to = { url: integrationsUrl, adAccountId, token }
  const mapping = await readMapping('facebook-ads')
  const imported = await importFile({ file, mapping, to, pageSize: 5000, run: 'sample:figures' })
  const { observed, restated, unchanged } = imported.counts
  print(`Figures of August 2023: observed ${observed}, restated ${restated}, unchanged ${unchanged}`)
  const consistencyTokens = [lastEvent, imported.consistencyToken].filter((each) => each !== null)
  return { counts: imported.counts, adAccountId, consistencyTokens }
}

async function command(method: string, url: string, body: object, headers: Record<string, string>) {
  const json = { ...headers, 'content-type': 'application/json' }
  const answer = await patientFetch(url, { method, headers: json, body: JSON.stringify(body) }, patienceMs)
  if (!answer.ok) throw new Error(`The sample data cannot be loaded: ${method} ${url}: ${await sayProblem(answer)}`)
  const { id } = (await answer.json()) as { id: string }
  return { id, consistencyToken: answer.headers.get('x-consistency-token') }
}
