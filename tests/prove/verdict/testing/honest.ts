/** A small ledger and the store that goes with it, of a system that keeps every promise. */
import { commandIdOf } from '@bizosaas/event-store'
import { subject } from '../../load/client.ts'
import type { Answered, Command, Line, Read } from '../../load/ledger.ts'
import type { Fact } from '../history.ts'

export const tenantId = '5f0c2b66-0000-4000-8000-000000000001'
export const campaign = '5f0c2b66-0000-4000-8000-0000000000c1'
export const account = '5f0c2b66-0000-4000-8000-0000000000a1'
const client = '5f0c2b66-0000-4000-8000-0000000000b1'
const campaigns = `campaign-${tenantId}.${campaign}`
const day = `adAccountDay-${tenantId}.${account}:2026-05-01`

export type Books = { lines: Line[]; facts: Fact[] }

export const honest = (): Books => {
  const lines: Line[] = []
  const facts: Fact[] = []
  const attempts = new Map<number, number>()
  const commands = new Map<number, Command>()

  const command = (n: number, does: string, path: string, body: object, more: Partial<Command> = {}): void => {
    const method = does === 'budget' ? 'PUT' : 'POST'
    const target = does === 'create' || does === 'register' ? null : path.includes(account) ? account : campaign
    const key = `key-${more.reusesKeyOf ?? n}`
    const made: Command = {
      line: 'command',
      n,
      does,
      method,
      path,
      body: body as Command['body'],
      key,
      tenantId,
      target,
      ifMatch: null,
      reusesKeyOf: null,
      ...more,
    }
    commands.set(n, made)
    lines.push(made)
  }
  const answer = (n: number, outcome: object): void => {
    const attempt = (attempts.get(n) ?? 0) + 1
    attempts.set(n, attempt)
    lines.push({ line: 'sent', n, attempt })
    lines.push({ line: 'answered', n, attempt, at: '', ...outcome } as Answered)
  }
  const record = (n: number, stream: string, type: string, data: object): number => {
    const { method, path, key } = commands.get(n) as Command
    const revision = facts.filter((fact) => fact.stream === stream).length
    const position = 100 + 10 * facts.length
    const causationId = commandIdOf(tenantId, subject, `${method} ${path}`, key)
    const metadata = { causationId }
    facts.push({ stream, tenantId, revision, position: BigInt(position), type, data, metadata } as Fact)
    return position
  }
  const ok = (revision: number, state: string, position: number, status = 200): object => ({
    outcome: 'ok',
    status,
    body: { id: campaign, state, revision },
    etag: `"${revision}"`,
    token: `events.g1.3.${position}`,
  })
  const refused = (status: number, code: string, facts: object): object => ({
    outcome: 'refused',
    status,
    body: { type: `/problems/${code}`, ...facts },
  })
  const unknown = { outcome: 'unknown', status: null, reason: 'ECONNRESET' }
  const read = (of: Read['of'], n: number, token: string, path: string, body: object): void => {
    lines.push({ line: 'read', of, n, token, path, status: 200, body: body as Read['body'] })
  }
  const of = (verb: string) => `/v1/campaigns/${campaign}/${verb}`

  command(1, 'create', '/v1/campaigns', { clientId: client, name: 'One' })
  const created = record(1, campaigns, 'CampaignCreated', {
    campaignId: campaign,
    clientId: client,
    name: 'One',
    objective: null,
  })
  answer(1, ok(0, 'draft', created, 201))
  read('campaign', 1, `events.g1.3.${created}`, `/v1/campaigns/${campaign}`, {
    id: campaign,
    state: 'draft',
    name: 'One',
    revision: 0,
  })

  // Not answered at first, and done all the same.
  command(2, 'submit', of('submit'), {})
  const submitted = record(2, campaigns, 'CampaignSubmitted', { campaignId: campaign })
  answer(2, unknown)
  answer(2, ok(1, 'inReview', submitted))
  answer(2, ok(1, 'inReview', submitted))

  command(3, 'activate', of('activate'), {})
  answer(3, refused(409, 'illegal-step', { state: 'inReview', verb: 'activate' }))

  command(4, 'budget', of('budget'), { amount: '12.50', currency: 'EUR' }, { ifMatch: 1 })
  const budget = { amountMicros: 12_500_000, currency: 'EUR' }
  const budgeted = record(4, campaigns, 'BudgetAllocated', { campaignId: campaign, budget })
  answer(4, ok(2, 'inReview', budgeted))

  // Holds already, and leaves no trace.
  command(5, 'rename', of('rename'), { name: 'One' })
  answer(5, ok(2, 'inReview', budgeted))

  command(6, 'rename', of('rename'), { name: 'Two' }, { ifMatch: 1 })
  answer(6, refused(412, 'stale', { expected: 1, actual: 2 }))

  const about = { clientId: client, platform: 'meta', externalId: 'x', name: 'X', currency: 'EUR', timeZone: 'UTC' }
  command(7, 'register', '/v1/ad-accounts', about)
  const registered = record(7, `adAccount-${tenantId}.${account}`, 'AdAccountRegistered', {
    adAccountId: account,
    ...about,
  })
  record(7, `claim-${tenantId}.ad-account:x`, 'ValueClaimed', { kind: 'ad-account', holder: account })
  answer(7, { ...ok(0, '', registered, 201), body: { id: account, revision: 0 } })
  command(8, 'register', '/v1/ad-accounts', about)
  answer(8, refused(409, 'value-taken', { holder: account }))

  const sent = (adId: string, clicks: number) => ({
    date: '2026-05-01',
    platformCampaignId: 'c1',
    adId,
    impressions: 1_000,
    clicks,
    spend: '3.25',
    conversions: [{ type: 'total', count: '2' }],
  })
  const keyOf = (adId: string) => ({ platformCampaignId: 'c1', adId })
  const measures = (clicks: number) => ({
    impressions: 1_000,
    clicks,
    spendMicros: 3_250_000,
    conversions: [{ type: 'total', countMicros: 2_000_000, valueMicros: 0 }],
  })
  const page = `/v1/ad-accounts/${account}/observations`
  const counted = (observed: number, restated: number, unchanged: number, position: number) => ({
    outcome: 'ok',
    status: 200,
    body: { observed, restated, unchanged },
    etag: null,
    token: `observations.g1.5.${position}`,
  })
  command(9, 'observe', page, { rows: [sent('a', 1), sent('b', 2)] })
  record(9, `claim-${tenantId}.request:9`, 'ValueClaimed', { kind: 'request', holder: account })
  const rows = [
    { key: keyOf('a'), measures: measures(1) },
    { key: keyOf('b'), measures: measures(2) },
  ]
  const observed = record(9, day, 'MetricsObserved', { date: '2026-05-01', rows })
  answer(9, counted(2, 0, 0, observed))
  command(10, 'observe', page, { rows: [sent('a', 1), sent('b', 7)] })
  record(10, `claim-${tenantId}.request:10`, 'ValueClaimed', { kind: 'request', holder: account })
  const change = { key: keyOf('b'), before: measures(2), after: measures(7) }
  const restated = record(10, day, 'MetricsRestated', { date: '2026-05-01', rows: [change] })
  answer(10, counted(0, 1, 1, restated))
  const asked = '/v1/metrics?groupBy=campaign,day&from=2026-05-01&to=2026-05-01'
  const figures = { adAccountId: account, platformCampaignId: 'c1', impressions: 2_000 }
  read('figures', 10, `observations.g1.5.${restated}`, asked, { rows: [figures] })

  command(11, 'create', '/v1/campaigns', { clientId: client, name: 'Not One' }, { reusesKeyOf: 1 })
  answer(11, refused(422, 'key-reused', {}))
  return { lines, facts }
}
