/** Draws the next command: of all verbs, mostly possible ones, some that must be refused, some that say nothing new. */
import type { Random } from '../random.ts'
import type { Command } from './ledger.ts'
import { type Account, type Campaign, type ReportedRow, recent, type Tenant } from './world.ts'

export type Drawn = Pick<Command, 'does' | 'method' | 'path' | 'body' | 'tenantId' | 'target' | 'ifMatch'>

const weights = { create: 10, step: 40, rename: 10, link: 6, budget: 14, register: 4, observe: 16 }

/** What leads on from each state; a campaign goes back and forth for a while before it ends. */
const stepsFrom: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  draft: { submit: 10, cancel: 1 },
  inReview: { approve: 6, reject: 3, cancel: 1 },
  approved: { schedule: 9, cancel: 1 },
  scheduled: { activate: 9, cancel: 1 },
  active: { pause: 8, complete: 2 },
  paused: { resume: 8, complete: 2 },
  completed: { archive: 1 },
}
const steps = [
  'submit',
  'approve',
  'reject',
  'schedule',
  'activate',
  'pause',
  'resume',
  'complete',
  'archive',
  'cancel',
]

export const drawCommand = (random: Random, tenants: readonly Tenant[]): Drawn => {
  const tenant = random.pick(tenants)
  const does = random.weighted(weights)
  const account = recent(random, tenant.accounts)
  if (does === 'register' || (account === undefined && random.chance(0.1))) return register(random, tenant)
  if (does === 'observe' && account !== undefined) return observe(random, tenant, account)
  const campaign = recent(random, tenant.campaigns)
  if (does === 'create' || campaign === undefined) return create(random, tenant)
  return change(random, tenant, campaign, does)
}

const create = (random: Random, { tenantId, clients }: Tenant): Drawn => ({
  does: 'create',
  method: 'POST',
  path: '/v1/campaigns',
  body: { clientId: random.pick(clients), name: name(random), ...(random.chance(0.5) && { objective: 'awareness' }) },
  tenantId,
  target: null,
  ifMatch: null,
})

/** Now and then an account that is registered already, or is being registered at this moment. */
const register = (random: Random, { tenantId, clients, externalIds }: Tenant): Drawn => {
  const isTwin = externalIds.length > 0 && random.chance(0.4)
  const externalId = isTwin ? (recent(random, externalIds) ?? '') : `act-${random.whole(1, 1e9)}`
  if (!isTwin) externalIds.push(externalId)
  const body = {
    clientId: random.pick(clients),
    platform: 'meta',
    externalId,
    name: `Account ${externalId}`,
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
  }
  return { does: 'register', method: 'POST', path: '/v1/ad-accounts', body, tenantId, target: null, ifMatch: null }
}

/** A page of new rows, of rows that were reported before with other figures, and of some that are as they were. */
const observe = (random: Random, { tenantId }: Tenant, { id, rows: known }: Account): Drawn => {
  const size = random.chance(0.03) ? random.whole(200, 600) : random.whole(1, 12)
  const dates = [dateIn(random), dateIn(random)]
  const earlier = known.filter(({ date }) => dates.includes(String(date)))
  const rows = new Map<string, ReportedRow>()
  for (let n = 0; n < size; n++) {
    const row = random.chance(0.5) ? reported(random, earlier) : newRow(random, random.pick(dates))
    if (row !== undefined) rows.set(`${row.date} ${row.platformCampaignId} ${row.adId}`, row)
  }
  if (rows.size === 0) rows.set('', newRow(random, random.pick(dates)))
  return {
    does: 'observe',
    method: 'POST',
    path: `/v1/ad-accounts/${id}/observations`,
    body: { rows: [...rows.values()] },
    tenantId,
    target: id,
    ifMatch: null,
  }
}

/** A row of an earlier page, with other figures or as it was. */
const reported = (random: Random, earlier: readonly ReportedRow[]): ReportedRow | undefined => {
  const row = recent(random, earlier)
  if (row === undefined || random.chance(0.25)) return row
  return { ...row, clicks: random.whole(0, 500), spend: amount(random) }
}

const dateIn = (random: Random) => `2026-05-${two(random.whole(1, 20))}`

const newRow = (random: Random, date: string): ReportedRow => ({
  date,
  platformCampaignId: `c${random.whole(1, 9)}`,
  adId: `ad-${random.whole(1, 1e6)}`,
  impressions: random.whole(500, 9_999),
  clicks: random.whole(0, 500),
  spend: amount(random),
  conversions: [{ type: 'total', count: String(random.whole(0, 40)) }],
})

const change = (random: Random, { tenantId, accounts }: Tenant, campaign: Campaign, does: string): Drawn => {
  const { id, state, revision } = campaign
  // Some see to it that they overlook nothing; some of those have.
  const ifMatch = random.chance(0.12) ? Math.max(0, revision - (random.chance(0.2) ? 1 : 0)) : null
  const of = (verb: string, body: Command['body'], method: Command['method'] = 'POST'): Drawn => {
    const path = `/v1/campaigns/${id}/${verb}`
    return { does: verb, method, path, body, tenantId, target: id, ifMatch }
  }
  switch (does) {
    case 'rename':
      return of('rename', { name: name(random) })
    case 'link':
      return of('link', {
        adAccountId: recent(random, accounts)?.id ?? tenantId,
        platformCampaignId: `c${random.whole(1, 3)}`,
      })
    case 'budget':
      return of('budget', { amount: amount(random), currency: random.chance(0.05) ? 'USD' : 'EUR' }, 'PUT')
    default: {
      const possible = stepsFrom[state]
      const step = possible === undefined || random.chance(0.15) ? random.pick(steps) : random.weighted(possible)
      return of(step, bodyOf(random, step))
    }
  }
}

const bodyOf = (random: Random, step: string): Command['body'] => {
  if (step === 'reject') return { reason: 'not yet' }
  if (step === 'schedule') return { startsOn: '2027-01-01', endsOn: `2027-01-${random.whole(10, 28)}` }
  return {}
}

/** Few enough that some are given that a thing has already. */
const name = (random: Random) => `Campaign ${random.whole(1, 40)}`
const amount = (random: Random) => `${random.whole(1, 60)}.${two(random.whole(0, 99))}`
const two = (n: number) => String(n).padStart(2, '0')
