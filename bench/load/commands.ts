/**
 * What is sent: of 50 commands one is a page of 20 figures, five draft a campaign, the others rename one. Which one follows
 * from its number alone.
 */
export type Tenant = {
  readonly token: string
  readonly clientId: string
  readonly account: string
  readonly campaigns: readonly string[]
}

export type Command = {
  readonly path: string
  readonly body: string
  readonly bearer: string
  /** Which store its read model is in. */
  readonly store: 'postgres' | 'clickhouse'
  /** Whether to find out when it is visible, by this question. */
  readonly isFollowed: boolean
  readonly question: string
  /** Whether an answer to the question has what the command was answered with. */
  readonly isShown: (answer: string, accepted: string) => boolean
}

const rowsOfPage = 20
const firstDay = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000

/** @param run names differ from run to run, for a name that holds already is no event */
export const asked = (tenants: readonly Tenant[], n: number, run: string): Command => {
  const tenant = tenants[scattered(n) % tenants.length]
  if (tenant === undefined) throw new Error('There is no tenant')
  const { campaigns, token } = tenant
  const bearer = `Bearer ${token}`
  if (n % 50 === 25) return { ...figures(tenant, n, run), bearer, isFollowed: true }
  if (n % 10 === 0) {
    const body = JSON.stringify({ clientId: tenant.clientId, name: `Sale ${n}`, objective: null })
    const nothing = { question: '', isShown: () => true, isFollowed: false }
    return { path: '/v1/campaigns', body, bearer, store: 'postgres', ...nothing }
  }
  const id = campaigns[Math.floor(scattered(n) / tenants.length) % campaigns.length]
  return {
    path: `/v1/campaigns/${id}/rename`,
    body: JSON.stringify({ name: `Sale, try ${n} of ${run}` }),
    bearer,
    store: 'postgres',
    isFollowed: n % 20 === 7,
    question: `/v1/campaigns/${id}`,
    isShown: (answer, accepted) => JSON.parse(answer).revision >= JSON.parse(accepted).revision,
  }
}

/** What a dashboard asks: a page of campaigns, one of them and its timeline, the figures of a month. */
export const questionOf = (
  tenants: readonly Tenant[],
  n: number,
): { readonly path: string; readonly bearer: string } => {
  const tenant = tenants[scattered(n) % tenants.length]
  if (tenant === undefined) throw new Error('There is no tenant')
  const id = tenant.campaigns[Math.floor(scattered(n) / tenants.length) % tenant.campaigns.length]
  const paths = [
    '/v1/campaigns',
    `/v1/campaigns/${id}`,
    `/v1/campaigns/${id}/timeline`,
    '/v1/metrics?groupBy=day&from=2024-01-01&to=2024-01-31',
  ]
  return { path: paths[n % paths.length] ?? '', bearer: `Bearer ${tenant.token}` }
}

/** Knuth's multiplicative hash: neighbours go to different tenants, whatever is asked of every tenth. */
const scattered = (n: number): number => Math.imul(n, 0x9e3779b1) >>> 8

const figures = ({ account }: Tenant, n: number, run: string) => {
  const day = new Date(firstDay + (Math.floor(n / 50) % 600) * dayMs).toISOString().slice(0, 10)
  const rows = Array.from({ length: rowsOfPage }, (_, row) => ({
    date: day,
    platformCampaignId: String(row % 5),
    adId: `${run}-${n}-${row}`,
    impressions: n,
    clicks: row,
    spend: '1.50',
    conversions: [],
  }))
  return {
    path: `/v1/ad-accounts/${account}/observations`,
    body: JSON.stringify({ rows }),
    store: 'clickhouse' as const,
    question: `/v1/metrics?groupBy=day&from=${day}&to=${day}`,
    isShown: (answer: string) => JSON.parse(answer).totals[0]?.impressions >= n * rowsOfPage,
  }
}
