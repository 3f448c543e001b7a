import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { connectPostgres, migrate } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { readSettings } from '@bizosaas/runtime'
import { erasuresSeen, keyMigrations } from '@bizosaas/sealed'
import { afterAll, expect, test } from '@jest/globals'
import { useService } from '../testing/service.ts'
import { startEraser } from './eraser.ts'
import { oidcMigrations } from './oidc/state.ts'
import { start } from './start.ts'

const settings = readSettings(['KURRENTDB_URL', 'POSTGRES_ADMIN_URL', 'POSTGRES_KEEPER_URL', 'POSTGRES_OIDC_URL'])
let folder: string
const service = useService(async (config) => {
  folder = await mkdtemp(join(tmpdir(), 'eraser-'))
  const file = join(folder, 'master.key')
  await writeFile(file, randomBytes(32).toString('hex'))
  await migrate(settings.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
  await migrate(settings.POSTGRES_ADMIN_URL, oidcMigrations, 'oidc')
  const MASTER_KEY = pathToFileURL(file).href
  const keys = {
    CLAIM_KEY: '5a'.repeat(32),
    LOOKUP_KEY: '6b'.repeat(32),
    MASTER_KEY,
    VAULT_TOKEN_FILE: '/nowhere',
    IDENTITY_PROVIDERS_FILE: 'none',
  }
  return start({ ...config, ...keys, ...settings, USERS_PORT: 0 })
})
const owner = connectPostgres(settings.POSTGRES_ADMIN_URL, { name: 'test', connections: 1, statementTimeoutMs: 20_000 })
afterAll(async () => {
  await owner.close()
  await rm(folder, { recursive: true, force: true })
})

/** After the keys came back the whole history is gone through, of all that other tests left too. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 50_000; !(await isSo()); await pause(50))
    if (Date.now() > deadline) throw new Error(`It did not happen that ${what}.`)
}
const typesOf = async (id: string) => (await service.eventsOf(id)).map(({ type }) => type)
const keysOf = (id: string) => owner.query<{ version: number }>('SELECT * FROM keys.data_key WHERE subject = $1', [id])

async function invite(email = `${randomUUID()}@example.org`): Promise<string> {
  const body = { email, givenName: 'Ann', familyName: 'Lee', roles: ['viewer'] }
  return (await service.ask('POST', '/v1/users', { body })).body.userId
}
const erase = (id: string) => service.ask('POST', `/v1/users/${id}/erase`)

test('who is to be erased has their key destroyed, and a certificate says which, when and by whom', async () => {
  const id = await invite()
  expect(await keysOf(id)).toHaveLength(1)
  expect((await erase(id)).status).toBe(200)
  await until('the erasure is certified', async () => (await typesOf(id)).includes('UserErased'))
  expect(await keysOf(id)).toHaveLength(0)
  const certificate = (await service.eventsOf(id)).find(({ type }) => type === 'UserErased')
  expect(JSON.parse(Buffer.from(certificate?.bytes ?? []).toString())).toMatchObject({
    userId: id,
    keyVersions: [1],
    destroyedBy: 'ann',
    destroyedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
  // Asked for again it is answered, and nothing more is recorded.
  expect((await erase(id)).status).toBe(200)
  expect((await typesOf(id)).filter((type) => type.startsWith('UserEras'))).toHaveLength(2)
}, 120_000)

/** As a copy of the schema from before the erasure would have it, and with it the place as it was. */
async function bringBack(id: string, key: string | undefined, place: number): Promise<void> {
  await owner.transaction(async (tx) => {
    await tx.query('ALTER TABLE keys.destroyed DISABLE TRIGGER USER')
    await tx.query('DELETE FROM keys.destroyed WHERE subject = $1', [id])
    await tx.query('ALTER TABLE keys.destroyed ENABLE TRIGGER USER')
    await tx.query('INSERT INTO keys.data_key SELECT * FROM jsonb_populate_record(NULL::keys.data_key, $1)', [key])
    await tx.query('UPDATE keys.erasures_seen SET position = least(position, $1)', [place])
  })
  expect(await keysOf(id)).toHaveLength(1)
}

test.each([
  [
    'keys that come back from a copy older than the erasure are destroyed once more, and nobody is certified twice',
    false,
  ],
  ['so they are where the place could not move on meanwhile, for somebody else’s key does not open', true],
])(
  '%s',
  async (_, isStuck) => {
    const [id, other] = [await invite(), await invite()]
    const damage = () => owner.query('UPDATE keys.data_key SET wrapped = reverse(wrapped) WHERE subject = $1', [other])
    if (isStuck) {
      await damage()
      await erase(other)
    }
    const [copy] = await owner.query<{ row: string }>(
      'SELECT to_jsonb(k) AS row FROM keys.data_key k WHERE subject = $1',
      [id],
    )
    const [seen] = await owner.query<{ position: number }>('SELECT position FROM keys.erasures_seen')
    await erase(id)
    await until('the erasure is certified', async () => (await typesOf(id)).includes('UserErased'))
    await bringBack(id, copy?.row, isStuck ? (seen?.position ?? 0) : 0)

    // By the service that runs: nobody tells it.
    await until('the key is gone again', async () => (await keysOf(id)).length === 0)
    const [gone] = await owner.query('SELECT FROM keys.destroyed WHERE subject = $1', [id])
    expect(gone).toBeDefined()
    expect((await typesOf(id)).filter((type) => type === 'UserErased')).toHaveLength(1)
    if (isStuck) await damage()
  },
  120_000,
)

test('one whose key does not open keeps nobody else from being erased, and is erased when it opens again', async () => {
  const [id, next] = [await invite(), await invite()]
  const damage = () => owner.query('UPDATE keys.data_key SET wrapped = reverse(wrapped) WHERE subject = $1', [id])
  await damage()
  await erase(id)
  await erase(next)
  await until('the next one is erased', async () => (await typesOf(next)).includes('UserErased'))
  expect(await typesOf(id)).not.toContain('UserErased')

  await damage()
  await until('the first one is erased too', async () => (await typesOf(id)).includes('UserErased'))
}, 120_000)

test('where the event store was restored to before the place, the place is put back to its end: what is erased from there on is found', async () => {
  const store = connectEventStore(settings.KURRENTDB_URL)
  const keeper = connectPostgres(settings.POSTGRES_KEEPER_URL, {
    name: 'test',
    connections: 1,
    statementTimeoutMs: 20_000,
  })
  const seen = erasuresSeen(keeper)
  await owner.query('UPDATE keys.erasures_seen SET position = 1000000000000')
  const nobody = async () => {
    throw new Error('Nobody is to be erased.')
  }
  const stop = startEraser({ store, seen, keys: { destroy: nobody }, certify: nobody, release: nobody })
  try {
    await until('the place is put back', async () => (await seen.position()) <= (await store.head()))
  } finally {
    await stop()
    await keeper.close()
    await store.close()
  }
}, 120_000)

test('the address of somebody who was erased is another person’s to use, and is taken from nobody after that', async () => {
  const email = `${randomUUID()}@example.org`
  const first = await invite(email)
  expect(await invite(email)).toBeUndefined()
  await erase(first)
  await until('the erasure is certified', async () => (await typesOf(first)).includes('UserErased'))
  const second = await invite(email)
  expect(second).not.toBe(first)
  expect(await typesOf(second)).toContain('UserInvited')
  expect(await invite(email)).toBeUndefined()
}, 120_000)
