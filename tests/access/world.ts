/**
 * Every service, and an agency with two clients, both of which everything there is exists for. What is the first one's, or the agency's
 * own, bears marks that are in no request of somebody else.
 */
import { randomInt, randomUUID } from 'node:crypto'
import { analyticsSettings, start as startAnalytics } from '@bizosaas/command-services/analytics/start.ts'
import { campaignsSettings, start as startCampaigns } from '@bizosaas/command-services/campaigns/start.ts'
import { routePolicySettings, start as startRoutePolicies } from '@bizosaas/command-services/gateway/start.ts'
import { integrationsSettings, start as startIntegrations } from '@bizosaas/command-services/integrations/start.ts'
import { oidcMigrations } from '@bizosaas/command-services/users/oidc/state.ts'
import { start as startUsers, usersSettings } from '@bizosaas/command-services/users/start.ts'
import { newBrowser } from '@bizosaas/command-services/users/testing/browser.ts'
import { migrate } from '@bizosaas/databases'
import { connectEventStore, eventOf } from '@bizosaas/event-store'
import type { Role } from '@bizosaas/http'
import { openWorld, type Sender } from '@bizosaas/query-api/testing/world.ts'
import { readSettings } from '@bizosaas/runtime'
import { ClientId, type DomainEvent, metadataFromStored, parseStreamName, TenantId } from '@bizosaas/schemas'
import { type Document, operationsOf, type Things } from './operations.ts'

export type Access = Awaited<ReturnType<typeof openAccess>>

export async function openAccess() {
  const world = await openWorld()
  const settings = readSettings([
    ...new Set([
      ...usersSettings,
      ...campaignsSettings,
      ...analyticsSettings,
      ...integrationsSettings,
      ...routePolicySettings,
    ]),
  ])
  await migrate(readSettings(['POSTGRES_ADMIN_URL']).POSTGRES_ADMIN_URL, oidcMigrations, 'oidc')
  const ports = { USERS_PORT: 0, CAMPAIGNS_PORT: 0, ANALYTICS_PORT: 0, INTEGRATIONS_PORT: 0, ROUTE_POLICIES_PORT: 0 }
  const config = { ...settings, ...world.config, ...ports }
  const store = connectEventStore(config.KURRENTDB_URL)
  const begin = Math.max(await store.head(), 0)
  const starts = [startUsers, startCampaigns, startAnalytics, startIntegrations, startRoutePolicies]
  const services = await Promise.all(starts.map((start) => start(config)))
  const urls = [...services.map(({ url }) => url), world.url]

  const documentOf = async (url: string) => (await (await fetch(`${url}/openapi.json`)).json()) as Document
  const documents = await Promise.all(urls.map(async (url) => ({ url, document: await documentOf(url) })))
  const operations = documents.flatMap(({ url, document }) => operationsOf(url, document))

  const send = async (method: string, url: string, body: string | null, who: Sender, roles: readonly Role[]) => {
    const stop = new AbortController()
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${world.bearer(who, roles)}`, 'content-type': 'application/json' },
      ...(body === null ? {} : { body }),
      signal: stop.signal,
    })
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
    const text = isStream ? '' : await answer.text()
    if (isStream) stop.abort()
    return { status: answer.status, text }
  }

  const [users, campaigns, , integrations] = urls as [string, string, string, string]
  const command = async (
    url: string,
    path: string,
    body: object,
    who: Sender,
    role: Role = 'owner',
    method = 'POST',
  ) => {
    const { status, text } = await send(method, `${url}${path}`, JSON.stringify(body), who, [role])
    if (status >= 300) throw new Error(`${path} was answered with ${status} ${text}`)
    return JSON.parse(text)
  }

  const eventsOf = async (...tenants: readonly string[]) =>
    (await store.readAll({ from: begin, maxCount: 1_000_000 })).filter(({ stream }) =>
      tenants.includes(parseStreamName(stream)?.tenantId ?? ''),
    )

  /** Lets the read models know what the commands have recorded. */
  const settle = async (tenantId: TenantId) => {
    for (const stored of await eventsOf(tenantId)) {
      const { id: eventId, stream, position } = stored
      const { type, data } = eventOf<DomainEvent>(stored)
      const { clientId, recordedAt } = metadataFromStored(stored.metadata)
      const id = parseStreamName(stream)?.id ?? ''
      world.record(type, id, data as never, { tenantId, clientId }, recordedAt, eventId, position)
    }
    await world.settle()
  }

  return {
    world,
    operations,
    send,
    command,
    eventsOf,
    settle,
    urls: { users, campaigns, integrations },
    browser: () => newBrowser(config.JWT_ISSUER, users),
    close: async () => {
      await Promise.all(services.map((stop) => stop()))
      await store.close()
      await world.close()
    },
  }
}

/** What somebody has, and the words and figures in it that are nobody else's. */
export interface Possession extends Things {
  readonly marks: readonly string[]
  /** Those of them that no question tells anybody. */
  readonly untold: readonly string[]
}

const mark = () => `mark${randomUUID().replaceAll('-', '')}`

/** An agency of its own, with what is its own. */
export async function newAgency({ command, urls }: Access) {
  const [name, givenName, familyName, roleName] = [mark(), mark(), mark(), mark()]
  const owner = { email: `${mark()}@example.org`, givenName, familyName }
  const sender = { tenantId: randomUUID() }
  const { id } = await command(urls.users, '/v1/agencies', { name, owner }, sender, 'operator')
  const tenantId = TenantId.parse(id)
  const staff = { email: `${mark()}@example.org`, givenName, familyName, roles: ['analyst'] }
  const { userId, invitationId } = await command(urls.users, '/v1/users', staff, { tenantId })
  const role = await command(urls.users, '/v1/roles', { name: roleName, permissions: ['campaign:read'] }, { tenantId })
  const app = { title: mark(), hasSecret: false, redirectUris: [redirectUri] }
  const application = await command(urls.users, '/v1/applications', app, { tenantId })
  return {
    tenantId,
    application: { clientId: application.clientId as string, secret: null, redirectUri },
    own: {
      byPath: { users: userId, invitations: invitationId, roles: role.id, applications: application.id },
      byName: {},
      marks: [
        name,
        givenName,
        familyName,
        roleName,
        staff.email,
        owner.email,
        userId,
        invitationId,
        role.id,
        // Not its id: the sessions of a client's people say with which application they are.
        app.title,
      ],
      untold: [owner.email, invitationId],
    } satisfies Possession,
  }
}

const redirectUri = 'https://app.test/back'

/** A client of the agency, with one of everything, and a person who is signed in. */
export async function newClient(
  { command, urls, browser, eventsOf }: Access,
  { tenantId, application }: Pick<Awaited<ReturnType<typeof newAgency>>, 'tenantId' | 'application'>,
) {
  const who = { tenantId }
  const [name, givenName, familyName, campaign, account, platformCampaignId] = Array.from({ length: 6 }, mark)
  const email = `${mark()}@example.org`
  const clientId = ClientId.parse((await command(urls.users, '/v1/clients', { name }, who)).id)
  const person = { email, givenName, familyName, roles: ['viewer'], clientId }
  const { userId, invitationId, secret } = await command(urls.users, '/v1/users', person, who)
  const password = mark()
  await command(urls.users, `/v1/invitations/${invitationId}/accept`, { secret, password }, who, 'service')
  const { code } = await browser().signIn(application, { email, password })
  if (code === '') throw new Error('The person could not sign in.')
  const session = (await eventsOf(tenantId)).findLast(({ type }) => type === 'SessionStarted')
  const sessionId = parseStreamName(session?.stream ?? '')?.id ?? ''
  const { id: campaignId } = await command(urls.campaigns, '/v1/campaigns', { clientId, name: campaign }, who)
  const of = { clientId, platform: 'meta', externalId: mark(), name: account, currency: 'USD', timeZone: 'Etc/UTC' }
  const { id: adAccountId } = await command(urls.integrations, '/v1/ad-accounts', of, who)
  const impressions = randomInt(1e11, 9e11)
  const rows = [{ date: '2026-01-31', platformCampaignId, impressions, clicks: 1, spend: '1.00', conversions: [] }]
  await command(urls.integrations, `/v1/ad-accounts/${adAccountId}/observations`, { rows }, who)
  await command(urls.campaigns, `/v1/campaigns/${campaignId}/link`, { adAccountId, platformCampaignId }, who, 'owner')
  const marks = [
    name,
    givenName,
    familyName,
    email,
    campaign,
    account,
    platformCampaignId,
    String(impressions),
  ] as string[]
  return {
    clientId,
    has: {
      byPath: {
        users: userId,
        invitations: invitationId,
        campaigns: campaignId,
        'ad-accounts': adAccountId,
        clients: clientId,
        sessions: sessionId,
      },
      byName: { clientId, campaignId, adAccountId, platformCampaignId, email, clients: [clientId] },
      marks: [...marks, userId, invitationId, campaignId, adAccountId, clientId, sessionId],
      untold: [account as string, invitationId],
    } satisfies Possession,
  }
}
