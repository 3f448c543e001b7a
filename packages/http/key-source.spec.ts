import { generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { afterEach, expect, jest, test } from '@jest/globals'
import { authentication } from './auth.ts'
import { publishedKeys } from './key-source.ts'
import { audience, issuer, tokenFor } from './spec-support/service.ts'
import { type PublishedKeys, publishKeys } from './testing/published-keys.ts'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const [old, next] = [pair(), pair()]

let server: PublishedKeys
/** The clock by which keys are asked for again, moved on at will. */
let later = 0
const clock = performance.now.bind(performance)
afterEach(async () => {
  jest.restoreAllMocks()
  later = 0
  await server.stop()
})

async function service(published: { keys: (typeof old.publicKey)[] }) {
  jest.spyOn(performance, 'now').mockImplementation(() => clock() + later)
  server = await publishKeys(() => published.keys)
  const authenticate = authentication({ issuer, audience, keyOf: publishedKeys(server.url) })
  return (token: string) =>
    authenticate({ headers: { authorization: `Bearer ${token}` } } as IncomingMessage).then(
      () => 'accepted',
      ({ status, code }) => `${status} ${code}`,
    )
}

test('a key that is new is found without a restart, and one that is retired is trusted no longer, also where its token was seen before', async () => {
  const published = { keys: [old.publicKey] }
  const ask = await service(published)
  const [oldToken, newToken] = [tokenFor({}, old.privateKey), tokenFor({}, next.privateKey)]
  expect(await ask(oldToken)).toBe('accepted')
  expect(await ask(newToken)).toBe('401 unauthenticated')
  published.keys = [next.publicKey, old.publicKey]
  later += 20_000
  expect(await ask(newToken)).toBe('accepted')
  expect(await ask(oldToken)).toBe('accepted')
  published.keys = [next.publicKey]
  later += 20_000
  expect(await ask(oldToken)).toBe('401 unauthenticated')
  expect(await ask(newToken)).toBe('accepted')
})

test('while the keys cannot be had, those that were published last are trusted', async () => {
  const ask = await service({ keys: [old.publicKey] })
  const token = tokenFor({}, old.privateKey)
  expect(await ask(token)).toBe('accepted')
  await server.stop()
  later += 20_000
  expect(await ask(token)).toBe('accepted')
  expect(await ask(tokenFor({ subject: 'bob' }, old.privateKey))).toBe('accepted')
})

test('where none were ever had, the token is not to blame: 503 with Retry-After', async () => {
  const ask = await service({ keys: [old.publicKey] })
  await server.stop()
  expect(await ask(tokenFor({}, old.privateKey))).toBe('503 keys-unavailable')
  // What is wrong with a token at any rate is said without any key.
  expect(await ask('e30.e30.e30')).toBe('401 unauthenticated')
})
