/** The few things that flow tests do again and again, and the shapes of the answers that they look at. */
import type { Agency, Answer } from './agency.ts'

export type Page<Item> = { items: Item[]; next: string | null }
export type Campaign = { id: string; name: string; state: string; revision: number; startsOn: string | null }
type Figures = { impressions: number; clicks: number; spend: { amount: string; currency: string } }
export type Metrics = {
  rows: (Figures & { day?: string; platformCampaignId?: string; campaign?: { id: string; name: string } | null })[]
  totals: Figures[]
  asOf: { position: number; instant: string }
}
export type Observed = { observed: number; restated: number; unchanged: number }

export const createCampaign = async (
  { ask, clientId }: Agency,
  name: string,
): Promise<{ id: string; token: string }> => {
  const { status, body, token } = await ask<{ id: string }>('POST', '/v1/campaigns', { body: { clientId, name } })
  if (status !== 201) throw new Error(`The campaign was not created: ${status} ${JSON.stringify(body)}`)
  return { id: body.id, token }
}

export const registerAccount = async ({ ask, clientId }: Agency, externalId: string): Promise<string> => {
  const { status, body } = await ask<{ id: string }>('POST', '/v1/ad-accounts', {
    body: { clientId, platform: 'meta', externalId, name: externalId, currency: 'USD', timeZone: 'Europe/Berlin' },
  })
  if (status !== 201) throw new Error(`The account was not registered: ${status} ${JSON.stringify(body)}`)
  return body.id
}

export type ObservedRow = {
  date: string
  platformCampaignId: string
  adId: string
  impressions: number
  clicks: number
  spend: string
  conversions: { type: string; count: string }[]
}

/** A row of figures, as a platform would report it, with what matters to the test set. */
export const row = (fields: Partial<ObservedRow>): ObservedRow => ({
  date: '2023-08-31',
  platformCampaignId: '916',
  adId: 'ad',
  impressions: 100,
  clicks: 1,
  spend: '1.00',
  conversions: [],
  ...fields,
})

export const observe = (
  { ask }: Agency,
  account: string,
  rows: ObservedRow[],
  idempotencyKey?: string,
): Promise<Answer<Observed>> =>
  ask<Observed>('POST', `/v1/ad-accounts/${account}/observations`, {
    body: { rows },
    ...(idempotencyKey ? { headers: { 'idempotency-key': idempotencyKey } } : {}),
  })
