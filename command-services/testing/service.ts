import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedNode, spawnNode } from '@bizosaas/embedded/kurrentdb-node/spawn.ts'
import { connectEventStore, type EventStore, type StoredEvent } from '@bizosaas/event-store'
import { type Role, type Serving, signAccessToken } from '@bizosaas/http'
import { type PublishedKeys, publishKeys } from '@bizosaas/http/testing/published-keys.ts'
import { TenantId } from '@bizosaas/schemas'
import { afterAll, beforeAll } from '@jest/globals'

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into JSON
  readonly body: any
  readonly etag: string | null
  readonly token: string | null
  readonly headers: Headers
}

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly roles?: readonly Role[]
  readonly tenantId?: string
  /** Restricts the sender to one client. */
  readonly clientId?: string
  readonly token?: string
}

export interface ServiceUnderTest {
  /** The event store's own process, where the test asked for one. */
  readonly node: {
    readonly kill: () => Promise<void>
    readonly start: () => Promise<void>
    /** Lets it hang, or go on. */
    readonly pause: () => void
    readonly resume: () => void
  }
  readonly tenantId: TenantId
  readonly clientId: string
  readonly store: EventStore
  readonly sign: (changes?: Partial<Parameters<typeof signAccessToken>[0]>) => string
  readonly ask: (method: 'POST' | 'PUT' | 'GET', path: string, sent?: Sent) => Promise<Answer>
  /** The events of this test file's tenant in streams whose names hold the id. */
  readonly eventsOf: (id: string) => Promise<readonly StoredEvent[]>
  /** How many events there are of this test file's tenant. */
  readonly eventCount: () => Promise<number>
}

const trust = { JWT_ISSUER: 'http://issuer.test/oidc', JWT_AUDIENCE: 'api.test' }

/** What every command service is configured with. */
export type CommonConfig = typeof trust & {
  readonly KURRENTDB_URL: string
  readonly TOPIC_GENERATION: string
  readonly TOPIC_PARTITIONS: number
  readonly JWKS_URL: string
  readonly SIGNING_KEYS_DIR: string
  readonly HOST: string
}

/**
 * A command service on any free port, with keys and a tenant of its own, over the event store that KURRENTDB_URL names or
 * over one of its own.
 */
export function useService(
  start: (config: CommonConfig) => Promise<Serving>,
  { ownStore = false } = {},
): ServiceUnderTest {
  const tenantId = TenantId.parse(randomUUID())
  const clientId = randomUUID()
  let keys: { publicKey: KeyObject; privateKey: KeyObject }
  let published: PublishedKeys
  let folder: string
  let node: SpawnedNode | null = null
  let serving: Serving
  let store: EventStore
  let begin: number

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'command-service-'))
    keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signingKeys = join(folder, 'signing-keys')
    await mkdir(signingKeys)
    await writeFile(join(signingKeys, '2026-01-01.pem'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    published = await publishKeys(() => [keys.publicKey])
    if (ownStore || !process.env.KURRENTDB_URL) node = await spawnNode(join(folder, 'store'))
    const url = node?.url ?? process.env.KURRENTDB_URL ?? ''
    store = connectEventStore(url)
    begin = Math.max(await store.head(), 0)
    serving = await start({
      ...trust,
      KURRENTDB_URL: url,
      TOPIC_GENERATION: 'g1',
      TOPIC_PARTITIONS: 12,
      JWKS_URL: published.url,
      SIGNING_KEYS_DIR: signingKeys,
      HOST: '127.0.0.1',
    })
  })
  afterAll(async () => {
    await serving?.()
    await store?.close()
    await node?.stop()
    await published?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const sign: ServiceUnderTest['sign'] = (changes = {}) =>
    signAccessToken({
      privateKey: keys.privateKey,
      issuer: trust.JWT_ISSUER,
      audience: trust.JWT_AUDIENCE,
      subject: 'ann',
      tenantId,
      roles: ['owner'],
      expiresInSeconds: 600,
      ...changes,
    })

  const ask: ServiceUnderTest['ask'] = async (method, path, sent = {}) => {
    const { body, headers = {}, roles = ['owner'], tenantId: tenant = tenantId, clientId: client } = sent
    const token = sent.token ?? sign({ roles, tenantId: tenant, ...(client ? { clientIds: [client] } : {}) })
    const answer = await fetch(`${serving.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return {
      status: answer.status,
      body: await answer.json(),
      etag: answer.headers.get('etag'),
      token: answer.headers.get('x-consistency-token'),
      headers: answer.headers,
    }
  }

  const stored = async () => (await store.readAll({ from: begin, maxCount: 1_000_000 })).filter(isOurs)
  const isOurs = ({ stream }: StoredEvent) => stream.includes(`-${tenantId}.`)

  return {
    tenantId,
    clientId,
    get store() {
      return store
    },
    sign,
    ask,
    node: {
      kill: async () => {
        await node?.stop('SIGKILL')
      },
      start: async () => {
        const port = Number(/:(\d+)\?/.exec(node?.url ?? '')?.[1])
        node = await spawnNode(join(folder, 'store'), port)
      },
      pause: () => node?.process.kill('SIGSTOP'),
      resume: () => node?.process.kill('SIGCONT'),
    },
    eventsOf: async (id) => (await stored()).filter(({ stream }) => stream.includes(id)),
    eventCount: async () => (await stored()).length,
  }
}
