import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CannotOpen } from './errors.ts'
import { startTransit } from './spec-support/transit.ts'
import { vaultTransit } from './vault-transit.ts'

let transit: Awaited<ReturnType<typeof startTransit>>
beforeAll(async () => {
  transit = await startTransit('s.token')
})
afterAll(() => transit.stop())

test('a transit key unwraps many at once, each only for the key that it was wrapped for', async () => {
  const master = vaultTransit(transit.url, () => 's.token')
  const keys = [randomBytes(32), randomBytes(32)]
  const wrapped = await Promise.all(
    keys.map(async (key, n) => ({ text: await master.wrap(key, `${n}/1`), about: `${n}/1` })),
  )
  expect(wrapped[0]?.text).toMatch(/^vault:v1:/)
  expect(await master.unwrap(wrapped)).toEqual(keys)
  expect(await master.unwrap([])).toEqual([])
  const moved = wrapped.map(({ text }) => ({ text, about: 'other/1' }))
  await expect(master.unwrap(moved)).rejects.toThrow(CannotOpen)
})

test('a token that is not accepted is told from a Vault that is away, which is worth another try', async () => {
  await expect(vaultTransit(transit.url, () => 'wrong').wrap(randomBytes(32), 'x')).rejects.toThrow('permission denied')
  const nowhere = vaultTransit('http://127.0.0.1:1/v1/transit/keys/people', () => 's.token')
  await expect(nowhere.wrap(randomBytes(32), 'x')).rejects.toMatchObject({ code: 'store-unavailable' })
  transit.seal()
  const sealed = vaultTransit(transit.url, () => 's.token').wrap(randomBytes(32), 'x')
  await expect(sealed).rejects.toMatchObject({ code: 'store-unavailable' })
})
