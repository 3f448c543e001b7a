/** The users service with its stores, for the tests of this context. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connectPostgres, migrate } from '@bizosaas/databases'
import type { Serving } from '@bizosaas/http'
import { readSettings } from '@bizosaas/runtime'
import { keyMigrations } from '@bizosaas/sealed'
import { afterAll } from '@jest/globals'
import { useService } from '../../testing/service.ts'
import { oidcMigrations } from '../oidc/state.ts'
import { start } from '../start.ts'
import { type Application, newBrowser } from './browser.ts'

export const issuer = 'http://issuer.test/oidc'
export const redirectUri = 'https://app.test/back'

/** @param outside the entries of the file of outside providers, asked for once these can be there */
export function usePeopleService(outside: () => readonly object[] = () => []) {
  const settings = readSettings(['POSTGRES_ADMIN_URL', 'POSTGRES_KEEPER_URL', 'POSTGRES_OIDC_URL'])
  let folder: string
  let serving: Serving
  let signingKeysFolder: string
  const service = useService(async (config) => {
    signingKeysFolder = config.SIGNING_KEYS_DIR
    folder = await mkdtemp(join(tmpdir(), 'users-'))
    const file = join(folder, 'master.key')
    await writeFile(file, randomBytes(32).toString('hex'))
    const MASTER_KEY = pathToFileURL(file).href
    const IDENTITY_PROVIDERS_FILE = join(folder, 'providers.json')
    await writeFile(IDENTITY_PROVIDERS_FILE, JSON.stringify(outside()))
    await migrate(settings.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
    await migrate(settings.POSTGRES_ADMIN_URL, oidcMigrations, 'oidc')
    const keys = { CLAIM_KEY: '5a'.repeat(32), LOOKUP_KEY: '6b'.repeat(32), MASTER_KEY, VAULT_TOKEN_FILE: '/nowhere' }
    serving = await start({ ...config, ...keys, ...settings, IDENTITY_PROVIDERS_FILE, USERS_PORT: 0 })
    return serving
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const { ask } = service

  return {
    ...service,
    service,
    settings,
    url: () => serving.url,
    signingKeysFolder: () => signingKeysFolder,
    /** The rows of the OpenID Connect server's memory. */
    remembered: async () => {
      const options = { name: 'test', connections: 1, statementTimeoutMs: 5_000 }
      const postgres = connectPostgres(settings.POSTGRES_OIDC_URL, options)
      const rows = await postgres.query<{ key: Buffer; content: Buffer }>('SELECT key, content FROM oidc.state', [])
      await postgres.close()
      return rows
    },
    browser: () => newBrowser(issuer, serving.url),
    /** A person who has taken up their invitation. */
    join: async (membership: object = { roles: ['analyst'] }) => {
      const person = { email: `ann.${randomUUID()}@example.org`, password: `long enough ${randomUUID()}` }
      const names = { givenName: 'Ann', familyName: 'Lee' }
      const { body: invited } = await ask('POST', '/v1/users', {
        body: { email: person.email, ...names, ...membership },
      })
      const { secret, invitationId, userId } = invited
      await ask('POST', `/v1/invitations/${invitationId}/accept`, {
        body: { secret, password: person.password },
        roles: ['service'],
      })
      return { ...person, userId: String(userId) }
    },
    register: async (application: object = {}): Promise<Application & { id: string }> => {
      const asked = { title: 'Dashboard', hasSecret: false, redirectUris: [redirectUri], ...application }
      const { body } = await ask('POST', '/v1/applications', { body: asked })
      return { id: body.id, clientId: body.clientId, secret: body.secret, redirectUri }
    },
  }
}
