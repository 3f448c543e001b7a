import { KeyObject } from 'node:crypto'
import { type CryptoKey, createRemoteJWKSet, errors } from 'jose'
import { keyIdOf, tokenAlgorithm } from './access-token.ts'
import { tryAgain } from './problem.ts'

/** The public key of an id, or null when no such key is trusted. Throws a Problem (503) while that cannot be known. */
export type KeySource = (keyId: string) => Promise<KeyObject | null>

/** Keys that are at hand. */
export const fixedKeys = (...publicKeys: readonly KeyObject[]): KeySource => {
  const byId = new Map(publicKeys.map((key) => [keyIdOf(key), key]))
  return async (keyId) => byId.get(keyId) ?? null
}

/** Requests go on with the keys at hand while they are asked for anew; keys that are older than the latter are waited for. */
const refreshMs = 10_000
/** A retired key is trusted for at most so long. */
const staleMs = 15_000
/** An id that nobody knows makes us ask again, but only so often. */
const cooldownDuration = 2_000
const timeoutDuration = 2_000

/** The keys that the users service publishes. While it is away, those that it published last stay trusted. */
export function publishedKeys(url: string): KeySource {
  const set = createRemoteJWKSet(new URL(url), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration,
    timeoutDuration,
  })
  let askedAt = Number.NEGATIVE_INFINITY
  return async (keyId) => {
    const age = performance.now() - askedAt
    if (age > refreshMs) {
      askedAt = performance.now()
      const asked = set.reload().catch(() => {})
      if (age > staleMs) await asked
    }
    try {
      return keyObjectOf(await set({ alg: tokenAlgorithm, kid: keyId }))
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null
      throw tryAgain('keys-unavailable', 'The keys that access tokens are verified with cannot be had.', error)
    }
  }
}

/** Of each key that the set holds one is made, not one for every request. */
const keyObjects = new WeakMap<CryptoKey, KeyObject>()

function keyObjectOf(key: CryptoKey): KeyObject {
  const known = keyObjects.get(key)
  if (known !== undefined) return known
  const made = KeyObject.from(key)
  keyObjects.set(key, made)
  return made
}

/** Public keys as they are published (RFC 7517). */
export const keySetOf = (publicKeys: readonly KeyObject[]) => ({
  keys: publicKeys.map((key) => ({
    ...key.export({ format: 'jwk' }),
    kid: keyIdOf(key),
    alg: tokenAlgorithm,
    use: 'sig',
  })),
})
