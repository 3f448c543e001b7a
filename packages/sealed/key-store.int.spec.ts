import { randomBytes, randomUUID } from 'node:crypto'
import { connectPostgres, migrate } from '@bizosaas/databases'
import { readSettings } from '@bizosaas/runtime'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SubjectErased } from './errors.ts'
import { fileKey } from './master-key.ts'
import { keyMigrations, postgresKeyStore } from './postgres-key-store.ts'
import { opener, sealer } from './sealing.ts'

const config = readSettings(['POSTGRES_ADMIN_URL', 'POSTGRES_KEEPER_URL', 'POSTGRES_OPENER_URL', 'POSTGRES_QUERY_URL'])
const connect = (url: string) => connectPostgres(url, { name: 'test', connections: 4, statementTimeoutMs: 5_000 })
const [keeper, reader, query] = [config.POSTGRES_KEEPER_URL, config.POSTGRES_OPENER_URL, config.POSTGRES_QUERY_URL].map(
  connect,
) as [ReturnType<typeof connect>, ReturnType<typeof connect>, ReturnType<typeof connect>]
const master = fileKey(randomBytes(32).toString('hex'))
const keys = postgresKeyStore(keeper, master)
const seal = sealer(keys)
const open = opener(postgresKeyStore(reader, master))

beforeAll(async () => {
  await migrate(config.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
})
afterAll(() => Promise.all([keeper.close(), reader.close(), query.close()]))

const openOne = async (field: string, sealed: Awaited<ReturnType<typeof seal>>[string]) =>
  (await open([{ field, sealed }]))[0]

describe('the keys of people', () => {
  test('are made on first use, one for all who ask at the same time', async () => {
    const subject = randomUUID()
    const made = await Promise.all(Array.from({ length: 8 }, () => keys.sealingKey(subject)))
    expect(new Set(made.map(({ version, key }) => `${version} ${key.toString('hex')}`)).size).toBe(1)
    expect(made[0]).toMatchObject({ subject, version: 1 })
  })

  test('open everything ever sealed, however often they were rotated in between, until they are destroyed', async () => {
    const steps = fc.array(fc.oneof(fc.constant('rotate' as const), fc.record({ text: fc.string() })), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const subject = randomUUID()
        const sealed: { field: string; sealed: Awaited<ReturnType<typeof seal>>[string] }[] = []
        const said: string[] = []
        let version = (await keys.sealingKey(subject)).version
        for (const step of story) {
          if (step === 'rotate') {
            version += 1
            expect((await keys.rotate(subject)).version).toBe(version)
            continue
          }
          const { email } = await seal(subject, { email: step.text })
          expect(email).toMatchObject({ subject, keyVersion: version })
          sealed.push({ field: 'email', sealed: email })
          said.push(step.text)
        }
        expect(await open(sealed)).toEqual(said)
        await keys.destroy(subject, 'test')
        expect(await open(sealed)).toEqual(said.map(() => null))
      }),
      { numRuns: 15 },
    )
  })

  test('of one person open nothing of another, also when many are opened at once', async () => {
    const [ann, bob] = [randomUUID(), randomUUID()]
    const one = await seal(ann, { email: 'ann@example.org', givenName: 'Ann' })
    const other = await seal(bob, { email: 'bob@example.org' })
    const many = [
      { field: 'givenName', sealed: one.givenName },
      { field: 'email', sealed: other.email },
      { field: 'email', sealed: one.email },
    ]
    expect(await open(many)).toEqual(['Ann', 'bob@example.org', 'ann@example.org'])
    await expect(openOne('email', { ...one.email, subject: bob })).rejects.toMatchObject({ code: 'cannot-open' })
    await expect(openOne('email', one.givenName)).rejects.toMatchObject({ code: 'cannot-open' })
  })
})

describe('a destroyed key', () => {
  test('opens nothing and is never made again, also by those who try at that very moment', async () => {
    const subject = randomUUID()
    const { email } = await seal(subject, { email: 'ann@example.org' })
    await keys.rotate(subject)
    const racing = Array.from({ length: 6 }, () => keys.rotate(subject).catch((error: unknown) => error))
    const certificate = await keys.destroy(subject, 'olga')
    await Promise.all(racing)

    expect(await openOne('email', email)).toBeNull()
    await expect(keys.sealingKey(subject)).rejects.toThrow(SubjectErased)
    await expect(keys.rotate(subject)).rejects.toThrow(SubjectErased)
    const left = await keeper.query('SELECT FROM keys.data_key WHERE subject = $1', [subject])
    expect(left).toHaveLength(0)
    expect(certificate).toMatchObject({ subject, destroyedBy: 'olga' })
    expect(certificate.versions.slice(0, 2)).toEqual([1, 2])
    expect(await keys.destroy(subject, 'somebody else')).toEqual(certificate)
  })

  test('of somebody who had none yet stays away, too', async () => {
    const subject = randomUUID()
    expect((await keys.destroy(subject, 'olga')).versions).toEqual([])
    await expect(keys.sealingKey(subject)).rejects.toThrow(SubjectErased)
  })

  test('stays on the list: nobody takes it off, not even the owner of the tables', async () => {
    const subject = randomUUID()
    await keys.destroy(subject, 'olga')
    const owner = connect(config.POSTGRES_ADMIN_URL)
    for (const statement of [
      'DELETE FROM keys.destroyed',
      `UPDATE keys.destroyed SET destroyed_by = 'x'`,
      'TRUNCATE keys.destroyed',
    ]) {
      await expect(keeper.query(statement)).rejects.toThrow('permission denied')
      await expect(owner.query(statement)).rejects.toThrow('what is destroyed stays destroyed')
    }
    await owner.close()
  })
})

test('who reads read models reads no key, and who opens neither makes nor destroys one', async () => {
  await expect(query.query('SELECT * FROM keys.data_key')).rejects.toThrow('permission denied')
  const opening = postgresKeyStore(reader, master)
  await expect(opening.sealingKey(randomUUID())).rejects.toThrow('permission denied')
  await expect(opening.destroy(randomUUID(), 'x')).rejects.toThrow('permission denied')
})

test('what is stored of a key is worth nothing without the master key', async () => {
  const subject = randomUUID()
  const { key } = await keys.sealingKey(subject)
  const [row] = await keeper.query<{ wrapped: string; master: string }>(
    'SELECT wrapped, master FROM keys.data_key WHERE subject = $1',
    [subject],
  )
  expect(row?.master).toBe(master.id)
  expect(Buffer.from(row?.wrapped ?? '', 'base64').includes(key)).toBe(false)
  const other = postgresKeyStore(keeper, fileKey(randomBytes(32).toString('hex')))
  await expect(other.sealingKey(subject)).rejects.toMatchObject({ code: 'cannot-open' })
})
