import { createSecretKey } from 'node:crypto'
import { connectPostgres, type Postgres } from '@bizosaas/databases'
import { type CommandContext, claimer, commandHandler, type EventStore, foldedStreams } from '@bizosaas/event-store'
import type { Serving } from '@bizosaas/http'
import type { Settings, Stop } from '@bizosaas/runtime'
import {
  emailDigest,
  erasuresSeen,
  type KeyStore,
  masterKeyFrom,
  oneTimeCodes,
  opener,
  passwords,
  postgresKeyStore,
  sealer,
} from '@bizosaas/sealed'
import { consistencyTokens } from '../consistency-token.ts'
import { commandSettings, serveCommands } from '../serve-commands.ts'
import { application } from './application.ts'
import { applicationRoutes } from './application-routes.ts'
import { releaseAllOf } from './email.ts'
import { startEraser } from './eraser.ts'
import { identityLink } from './identity-link.ts'
import { invitation } from './invitation.ts'
import { membership } from './membership.ts'
import { readOutsideProviders } from './oidc/outside-providers.ts'
import { serveOidc } from './oidc/serve.ts'
import { sessionsOf } from './oidc/sessions.ts'
import { oidcState } from './oidc/state.ts'
import { passwordRoutes } from './password-routes.ts'
import type { People } from './people.ts'
import { role } from './role.ts'
import { roleRoutes } from './role-routes.ts'
import { secondFactor } from './second-factor.ts'
import { secondFactorRoutes } from './second-factor-routes.ts'
import { selfRoutes } from './self-routes.ts'
import { session } from './session.ts'
import { tenant } from './tenant.ts'
import { tenantRoutes } from './tenant-routes.ts'
import { user } from './user.ts'
import { userRoutes } from './user-routes.ts'

export const usersSettings = [
  ...commandSettings,
  'CLAIM_KEY',
  'LOOKUP_KEY',
  'POSTGRES_KEEPER_URL',
  'MASTER_KEY',
  'VAULT_TOKEN_FILE',
  'SIGNING_KEYS_DIR',
  'IDENTITY_PROVIDERS_FILE',
  'POSTGRES_OIDC_URL',
  'USERS_PORT',
] as const

/** Starts the commands on agencies, their clients and people. @throws CannotStart when its port is taken, or the master key or a provider is wrong */
export async function start(config: Settings<(typeof usersSettings)[number]>): Promise<Serving> {
  const service = { name: 'users', port: config.USERS_PORT, portSetting: 'USERS_PORT' }
  const master = masterKeyFrom(config)
  const outsideProviders = readOutsideProviders(config.IDENTITY_PROVIDERS_FILE, {
    plainHttp: config.JWT_ISSUER.startsWith('http:'),
  })
  const postgres = connectPostgres(config.POSTGRES_KEEPER_URL, {
    name: 'users',
    connections: 8,
    statementTimeoutMs: 5_000,
  })
  const keys = postgresKeyStore(postgres, master)
  const remembered = connectPostgres(config.POSTGRES_OIDC_URL, {
    name: 'users',
    connections: 8,
    statementTimeoutMs: 5_000,
  })
  const state = oidcState(remembered, config.CLAIM_KEY)
  const stops: Stop[] = [state.stop]
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  const closeStores = () => Promise.all([postgres.close(), remembered.close()])
  const serving = await serveCommands(config, service, (store) => {
    const people = peopleOf(config, store, postgres, keys)
    const release = async (context: CommandContext, userId: string) => {
      await state.endAll(userId)
      await releaseAllOf(people, store, context, userId)
    }
    stops.push(startEraser({ store, keys, seen: erasuresSeen(postgres), certify: people.user, release }))
    const sessions = sessionsOf(people, state)
    const oidc = serveOidc({
      issuer: config.JWT_ISSUER,
      audience: config.JWT_AUDIENCE,
      signingKeysFolder: config.SIGNING_KEYS_DIR,
      outsideProviders,
      people,
      state,
      sessions,
    })
    stops.push(oidc.stop)
    const routes = [
      ...tenantRoutes(people),
      ...userRoutes(people),
      ...selfRoutes(people),
      ...passwordRoutes(people, sessions),
      ...secondFactorRoutes(people),
      ...roleRoutes(people),
      ...applicationRoutes(people),
    ]
    return { routes, mounted: [oidc] }
  }).catch(async (error) => {
    await close()
    await closeStores()
    throw error
  })
  const stop = async () => {
    await close()
    await serving()
    await closeStores()
  }
  return Object.assign(stop, { url: serving.url })
}

function peopleOf(
  config: Settings<'CLAIM_KEY' | 'LOOKUP_KEY' | 'TOPIC_GENERATION' | 'TOPIC_PARTITIONS'>,
  store: EventStore,
  postgres: Postgres,
  keys: KeyStore,
): People {
  const tenants = foldedStreams(store, tenant)
  const users = foldedStreams(store, user)
  const memberships = foldedStreams(store, membership)
  const roles = foldedStreams(store, role)
  const sessions = foldedStreams(store, session)
  const applications = foldedStreams(store, application)
  const secondFactors = foldedStreams(store, secondFactor)
  const identityLinks = foldedStreams(store, identityLink)
  return {
    tenant: commandHandler({ store, decider: tenant, streams: tenants }),
    tenants,
    user: commandHandler({ store, decider: user, streams: users }),
    users,
    membership: commandHandler({ store, decider: membership, streams: memberships }),
    memberships,
    invitation: commandHandler({ store, decider: invitation }),
    role: commandHandler({ store, decider: role, streams: roles }),
    roles,
    session: commandHandler({ store, decider: session, streams: sessions }),
    sessions,
    application: commandHandler({ store, decider: application, streams: applications }),
    applications,
    secondFactor: commandHandler({ store, decider: secondFactor, streams: secondFactors }),
    secondFactors,
    identityLink: commandHandler({ store, decider: identityLink, streams: identityLinks }),
    identityLinks,
    seal: sealer(keys),
    open: opener(keys),
    passwords: passwords(postgres, config.LOOKUP_KEY),
    codes: oneTimeCodes(postgres, config.LOOKUP_KEY),
    store,
    claim: claimer(config.CLAIM_KEY),
    digest: emailDigest(config.LOOKUP_KEY),
    tokenOf: consistencyTokens(config),
    key: createSecretKey(config.CLAIM_KEY, 'hex'),
  }
}
