/**
 * An answer as of a position is the one that a system would give which was stopped there. What that system would hold, the oracle says: it
 * folds history up to there by other code.
 */
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type RowThen, rowsThen, type Then } from '../oracle/run.ts'
import { type Agency, newAgency } from './agency.ts'
import { createCampaign, observe, type Page, registerAccount, row } from './marketing.ts'

type CampaignThen = {
  id: string
  name: string
  state: string
  objective: string | null
  budget: { amount: string; currency: string } | null
  startsOn: string | null
  endsOn: string | null
  link: { adAccountId: string; platformCampaignId: string } | null
  revision: number
  createdAt: string
  changedAt: string
}
type MetricsThen = {
  rows: {
    day: string
    platformCampaignId: string
    campaign: { id: string; name: string; state: string } | null
    impressions: number
    clicks: number
    spend: { amount: string }
  }[]
  asOf: { position: number; final: boolean }
}

const positionsAsked = 20
const campaigns = 6
const platformCampaigns = ['916', '936']

let agency: Agency
/** Where something happened. */
const places: number[] = []
const ids: string[] = []
let account: string

const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)] as Item

const command = async (method: 'POST' | 'PUT', path: string, body: object) => {
  const { status, token } = await agency.ask(method, `/v1/campaigns/${path}`, { body })
  if (status === 200) places.push(positionOf(token))
  else if (status !== 409) throw new Error(`${path} was answered with ${status}`)
  return token
}
const positionOf = (token: string) => Number(token.split('.').at(-1))

/** Whatever a random person does next; what the campaign's state does not allow is refused, and nothing happens. */
const something = async (n: number): Promise<string> => {
  const id = pick(ids)
  const act = pick([
    () => command('POST', `${id}/rename`, { name: `Name ${n}` }),
    () => command('PUT', `${id}/budget`, { amount: `${n}.50`, currency: 'EUR' }),
    () => command('POST', `${id}/link`, { adAccountId: account, platformCampaignId: pick(platformCampaigns) }),
    ...['submit', 'approve', 'activate', 'pause', 'resume', 'complete'].map((verb) => {
      const body = verb === 'approve' ? { comment: null } : verb === 'pause' ? { reason: null } : {}
      return () => command('POST', `${id}/${verb}`, body)
    }),
    () => command('POST', `${id}/schedule`, { startsOn: '2026-12-01', endsOn: null }),
    async () => {
      const figures = platformCampaigns.flatMap((platformCampaignId) =>
        ['2023-08-30', '2023-08-31'].map((date) =>
          row({ date, platformCampaignId, impressions: 100 + n, clicks: n, spend: `${n}.25` }),
        ),
      )
      const { status, token } = await observe(agency, account, figures.slice(0, 1 + (n % 4)))
      if (status !== 200) throw new Error(`Figures were answered with ${status}`)
      places.push(positionOf(token))
      return token
    },
  ])
  return act()
}

const then = async <Body>(path: string) => {
  const { status, body } = await agency.ask<Body>('GET', path)
  if (status !== 200) throw new Error(`${path} was answered with ${status} ${JSON.stringify(body)}`)
  return body
}

let expected: readonly Then[]
beforeAll(async () => {
  agency = newAgency()
  account = await registerAccount(agency, 'as-of')
  let tokens: string[] = []
  for (let n = 0; n < campaigns; n++) {
    const created = await createCampaign(agency, `Campaign ${n}`)
    ids.push(created.id)
    places.push(positionOf(created.token))
    for (let step = 0; step < 15; step++) tokens = [...tokens, await something(15 * n + step)]
  }
  for (const token of tokens.slice(-20)) if (token) await agency.ask('GET', '/v1/metrics', { after: token })
  const asked = Array.from({ length: positionsAsked }, (_, n) => pick(places) - (n % 2))
  expected = await rowsThen(process.env, agency.tenantId, asked)
}, 120_000)

const micros = (amount: string | undefined) => String(Math.round(Number(amount) * 1e6))

const columnsOf = (campaign: CampaignThen): RowThen => ({
  id: campaign.id,
  name: campaign.name,
  objective: campaign.objective,
  state: campaign.state,
  budget_micros: campaign.budget && micros(campaign.budget.amount),
  currency: campaign.budget?.currency ?? null,
  starts_on: campaign.startsOn,
  ends_on: campaign.endsOn,
  ad_account_id: campaign.link?.adAccountId ?? null,
  platform_campaign_id: campaign.link?.platformCampaignId ?? null,
  revision: String(campaign.revision),
  created_at: campaign.createdAt,
  changed_at: campaign.changedAt,
})

const told = ({ tenant_id, client_id, position, ...rest }: RowThen): RowThen => rest
const byId = (rows: readonly RowThen[]) => rows.toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))

describe(`at ${positionsAsked} random positions of a random history`, () => {
  test('campaigns are those of a system that was stopped there, in the list and one by one', async () => {
    expect(new Set(expected.map(({ position }) => position)).size).toBeGreaterThan(positionsAsked / 2)
    for (const { position, 'campaign-list': rows } of expected) {
      const { items, asOf } = await then<Page<CampaignThen> & { asOf: object }>(`/v1/campaigns?asOf=${position}`)
      expect(asOf).toMatchObject({ position, final: true, parked: 0 })
      expect(byId(items.map(columnsOf))).toEqual(byId(rows.map(told)))
      expect(items.map(({ name }) => name)).toEqual(items.map(({ name }) => name).toSorted())
      for (const id of ids) {
        const row = rows.find((each) => each.id === id)
        const { status, body } = await agency.ask<CampaignThen>('GET', `/v1/campaigns/${id}?asOf=${position}`)
        expect([status, status === 200 ? columnsOf(body) : null]).toEqual(row ? [200, told(row)] : [404, null])
      }
      const active = await then<Page<CampaignThen>>(`/v1/campaigns?state=active,draft&asOf=${position}`)
      expect(active.items.map(({ id }) => id).toSorted()).toEqual(
        rows
          .filter(({ state }) => state === 'active' || state === 'draft')
          .map(({ id }) => id)
          .toSorted(),
      )
    }
  }, 120_000)

  test('figures are those of a system that was stopped there, under the campaigns that were linked to them', async () => {
    for (const { position, 'ad-metrics/current': readings, 'campaign-list': rows } of expected) {
      const { rows: answered, asOf } = await then<MetricsThen>(`/v1/metrics?groupBy=day,campaign&asOf=${position}`)
      expect(asOf).toMatchObject({ position, final: true })
      const linked = (platformCampaignId: string | null | undefined) => {
        const oldest = rows
          .filter((each) => each.platform_campaign_id === platformCampaignId)
          .toSorted((a, b) => ((a.created_at ?? '') < (b.created_at ?? '') ? -1 : 1))[0]
        return oldest ? { id: oldest.id, name: oldest.name, state: oldest.state } : null
      }
      const figures = answered.map(({ day, platformCampaignId, campaign, impressions, clicks, spend }) => ({
        key: `${day} ${platformCampaignId}`,
        campaign,
        impressions,
        clicks,
        spend: micros(spend.amount),
      }))
      const known = readings.map((reading) => ({
        key: `${reading.date} ${reading.platform_campaign_id}`,
        campaign: linked(reading.platform_campaign_id),
        impressions: Number(reading.impressions),
        clicks: Number(reading.clicks),
        spend: reading.spend_micros,
      }))
      const inOrder = (list: { key: string }[]) => list.toSorted((a, b) => (a.key < b.key ? -1 : 1))
      expect(inOrder(figures)).toEqual(inOrder(known))
    }
  }, 60_000)

  test('timelines end there', async () => {
    for (const { position, 'campaign-list': rows } of expected) {
      for (const { id, revision } of rows) {
        const { items } = await then<Page<{ position: number }>>(
          `/v1/campaigns/${id}/timeline?limit=200&asOf=${position}`,
        )
        expect(items.length).toBe(Number(revision) + 1)
        expect(Math.max(...items.map((item) => item.position))).toBeLessThanOrEqual(position)
      }
    }
  }, 60_000)
})

describe('campaigns as of an instant', () => {
  test('are what was recorded by then', async () => {
    const [id = ''] = ids
    const { items } = await then<Page<{ at: string; revision: number }>>(`/v1/campaigns/${id}/timeline?limit=200`)
    for (const { at, revision } of items) {
      expect((await then<CampaignThen>(`/v1/campaigns/${id}?asOf=${at}`)).revision).toBe(revision)
    }
  }, 60_000)

  test('are seen by their own tenant and client alone', async () => {
    const position = Math.max(...places)
    const path = `/v1/campaigns/${ids[0]}?asOf=${position}`
    const other = newAgency()
    const statuses = await Promise.all([
      other.ask('GET', path),
      agency.ask('GET', path, { clientId: agency.clientId }),
      agency.ask('GET', path, { clientId: other.clientId }),
    ])
    expect(statuses.map(({ status }) => status)).toEqual([404, 200, 404])
  })
})
