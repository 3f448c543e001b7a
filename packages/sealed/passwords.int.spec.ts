import { argon2Sync, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { connectPostgres, migrate } from '@bizosaas/databases'
import { readSettings } from '@bizosaas/runtime'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SubjectErased } from './errors.ts'
import { fileKey } from './master-key.ts'
import { passwords, type Verdict } from './passwords.ts'
import { keyMigrations, postgresKeyStore } from './postgres-key-store.ts'

const settings = readSettings(['POSTGRES_ADMIN_URL', 'POSTGRES_KEEPER_URL'])
const keeper = connectPostgres(settings.POSTGRES_KEEPER_URL, {
  name: 'test',
  connections: 8,
  statementTimeoutMs: 10_000,
})
const key = randomBytes(32).toString('hex')
const kept = passwords(keeper, key)
const keys = postgresKeyStore(keeper, fileKey(randomBytes(32).toString('hex')))

beforeAll(async () => {
  await migrate(settings.POSTGRES_ADMIN_URL, keyMigrations, 'keys')
})
afterAll(() => keeper.close())

/** Somebody with a password, and how they try to sign in from an address of their own. */
async function somebody(password: string) {
  const subject = randomUUID()
  await kept.set(subject, password)
  const [account, address] = [randomUUID(), randomUUID()]
  const attempt = (said: string, changes: object = {}) =>
    kept.check({ subject, account, address, password: said, ...changes })
  return { subject, account, address, attempt }
}

/** A hash of the same form, at the cost that was usual before. */
async function older(subject: string, password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = argon2Sync('argon2id', {
    message: Buffer.from(password),
    nonce,
    tagLength: 32,
    associatedData: Buffer.from(subject),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
  })
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=19456,t=2,p=1$${unpadded(nonce)}$${unpadded(tag)}`
}

describe('a password', () => {
  test('is right for its person alone, in any spelling that looks the same, and the last one counts', async () => {
    const ann = await somebody('Åpfel und Birnen')
    expect(await ann.attempt('A\u030apfel und Birnen')).toEqual({ type: 'right' })
    expect(await ann.attempt('åpfel und Birnen')).toEqual({ type: 'wrong' })
    const bob = await somebody('something else entirely')
    expect(await bob.attempt('Åpfel und Birnen')).toEqual({ type: 'wrong' })
    await kept.set(ann.subject, 'quite another one')
    expect(await ann.attempt('Åpfel und Birnen')).toEqual({ type: 'wrong' })
    expect(await ann.attempt('quite another one')).toEqual({ type: 'right' })
  })

  test('of nobody, and of somebody who has none, is wrong', async () => {
    const at = { account: randomUUID(), address: randomUUID(), password: 'whatever it may be' }
    expect(await kept.check({ subject: null, ...at })).toEqual({ type: 'wrong' })
    expect(await kept.check({ subject: randomUUID(), ...at })).toEqual({ type: 'wrong' })
  })

  test('is stored as argon2id with its cost, and a hash that is moved to another person is worth nothing', async () => {
    const [ann, bob] = [await somebody('correct horse battery'), await somebody('another horse battery')]
    const [row] = await keeper.query<{ hash: string }>('SELECT hash FROM keys.password WHERE subject = $1', [
      ann.subject,
    ])
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    await keeper.query('UPDATE keys.password SET hash = $2 WHERE subject = $1', [bob.subject, row?.hash])
    expect(await bob.attempt('correct horse battery')).toEqual({ type: 'wrong' })
  })

  test('that was hashed with the parameters of an older release opens, and is hashed anew', async () => {
    const ann = await somebody('correct horse battery')
    const hashOf = async () =>
      (await keeper.query<{ hash: string }>('SELECT hash FROM keys.password WHERE subject = $1', [ann.subject]))[0]
        ?.hash
    await keeper.query('UPDATE keys.password SET hash = $2 WHERE subject = $1', [
      ann.subject,
      await older(ann.subject, 'correct horse battery'),
    ])
    expect(await ann.attempt('wrong')).toEqual({ type: 'wrong' })
    expect(await hashOf()).toContain('m=19456,t=2')
    expect(await ann.attempt('correct horse battery')).toEqual({ type: 'right' })
    expect(await hashOf()).toContain('m=7168,t=5')
    expect(await ann.attempt('correct horse battery')).toEqual({ type: 'right' })
  })

  test('ends with the key of its person, and there is no other', async () => {
    const ann = await somebody('correct horse battery')
    await keys.destroy(ann.subject, 'olga')
    expect(await keeper.query('SELECT FROM keys.password WHERE subject = $1', [ann.subject])).toEqual([])
    expect(await ann.attempt('correct horse battery')).toEqual({ type: 'wrong' })
    await expect(kept.set(ann.subject, 'correct horse battery')).rejects.toThrow(SubjectErased)
  })
})

/** Guesses on until it is told to wait for some seconds, so that what is tried next comes before these are over. */
async function guessUntilThrottled(guess: () => Promise<Verdict>): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await pause(50)) {
    const verdict = await guess()
    if (verdict.type === 'throttled' && verdict.retryAfterSeconds >= 4) return
    if (verdict.type === 'right' || Date.now() > deadline) throw new Error(`Guessing ended as ${verdict.type}.`)
  }
}

describe('attempts', () => {
  test('of one account are throttled after five that failed, from wherever they come, also when many come at once', async () => {
    const { attempt } = await somebody('correct horse battery')
    const elsewhere = () => ({ address: randomUUID() })
    const many = await Promise.all(Array.from({ length: 12 }, (_, n) => attempt(`guess ${n}`, elsewhere())))
    expect(many.filter(({ type }) => type === 'wrong')).toHaveLength(6)
    await guessUntilThrottled(() => attempt('guess', elsewhere()))
    expect(await attempt('correct horse battery', elsewhere())).toMatchObject({ type: 'throttled' })
    const other = await somebody('correct horse battery')
    expect(await other.attempt('correct horse battery')).toEqual({ type: 'right' })
  }, 120_000)

  test('that succeed in between begin anew', async () => {
    const { attempt } = await somebody('correct horse battery')
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 4; n++) expect(await attempt('wrong')).toEqual({ type: 'wrong' })
      expect(await attempt('correct horse battery')).toEqual({ type: 'right' })
    }
  })

  test('from one address are throttled whichever accounts they are for, and of nobody as of somebody', async () => {
    const address = randomUUID()
    const guess = () => kept.check({ subject: null, account: randomUUID(), address, password: 'guess' })
    const first = await Promise.all(Array.from({ length: 50 }, guess))
    expect(first.every(({ type }) => type === 'wrong')).toBe(true)
    await guessUntilThrottled(guess)
    const { attempt } = await somebody('correct horse battery')
    expect(await attempt('correct horse battery', { address })).toMatchObject({ type: 'throttled' })
  }, 120_000)

  test('leave neither accounts nor addresses behind', async () => {
    const { attempt, account, address } = await somebody('correct horse battery')
    await attempt('wrong')
    const rows = JSON.stringify(await keeper.query('SELECT * FROM keys.sign_in_failures'))
    for (const text of [account, address]) expect(rows).not.toContain(text)
  })
})
