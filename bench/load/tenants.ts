import { randomUUID } from 'node:crypto'
import { createCampaign } from '../lib/campaigns.ts'
import type { System } from '../lib/system.ts'
import { newToken } from '../lib/token.ts'
import type { Tenant } from './commands.ts'

const tenants = 20
const campaignsOfTenant = 50

/** Agencies, each with an ad account and campaigns. */
export const newTenants = async ({ settings }: System): Promise<Tenant[]> => {
  const campaigns = `http://127.0.0.1:${settings.CAMPAIGNS_PORT}`
  const integrations = `http://127.0.0.1:${settings.INTEGRATIONS_PORT}`
  const made: Tenant[] = []
  while (made.length < tenants) {
    const token = newToken(settings)
    const clientId = randomUUID()
    const account = await registerAccount(integrations, token, clientId)
    const body = JSON.stringify({ clientId, name: 'Sale', objective: null })
    const ids = await Promise.all(
      Array.from({ length: campaignsOfTenant }, () => createCampaign(campaigns, token, body)),
    )
    made.push({ token, clientId, account, campaigns: ids })
  }
  return made
}

const registerAccount = async (service: string, token: string, clientId: string): Promise<string> => {
  const account = { clientId, platform: 'meta', externalId: '1', name: 'Meta', currency: 'USD', timeZone: 'Etc/UTC' }
  const answer = await fetch(`${service}/v1/ad-accounts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(account),
  })
  if (answer.status !== 201)
    throw new Error(`POST /v1/ad-accounts was answered ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as { id: string }).id
}
