import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { keyIdOf } from './access-token.ts'
import { authentication } from './auth.ts'
import { fixedKeys } from './key-source.ts'
import { audience, issuer, keys, tenantId, tokenFor } from './spec-support/service.ts'

const authenticate = authentication({ issuer, audience, keyOf: fixedKeys(keys.publicKey) })
const withHeader = (authorization?: string) => authenticate({ headers: { authorization } } as IncomingMessage)
const withToken = (token: string) => withHeader(`Bearer ${token}`)

const now = Math.floor(Date.now() / 1000)
const goodHeader = { alg: 'ES256', typ: 'at+jwt', kid: keyIdOf(keys.publicKey) }
const goodClaims = {
  sub: 'ann',
  tenant: tenantId,
  roles: ['viewer'],
  iss: issuer,
  aud: audience,
  iat: now,
  exp: now + 60,
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: object, claims: object) => `${part(header)}.${part(claims)}`

/** A token with any header and claims, signed as ES256 demands. */
const forge = (header: object, claims: object, key = keys.privateKey) => {
  const content = unsigned(header, claims)
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}

const refused = (detail: string) =>
  expect.objectContaining({
    status: 401,
    message: expect.stringContaining(detail),
    headers: { 'WWW-Authenticate': 'Bearer realm="bizosaas", error="invalid_token"' },
  })

describe('a good token', () => {
  test('says who sends the request', async () => {
    const clientId = '0198c0de-0000-4000-8000-0000000000CC'
    const token = tokenFor({
      clientIds: [clientId],
      roles: ['analyst', 'billingAdmin'],
      permissions: ['campaign:pause'],
    })
    const [, claims] = token.split('.')
    const { exp } = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())
    const principal = {
      subject: 'ann',
      tenantId,
      clientIds: [clientId.toLowerCase()],
      roles: ['analyst', 'billingAdmin'],
      permissions: ['campaign:pause'],
      expiresAt: exp * 1000,
    }
    await expect(withToken(token)).resolves.toEqual(principal)
    await expect(withToken(token)).resolves.toEqual(principal)
  })

  test('carries of a custom role only what the table knows and an agency can give', async () => {
    const permissions = ['projection:operate', 'budget:revise', 'no:such', 'invitation:accept', 'campaign:read']
    const token = forge(goodHeader, { ...goodClaims, permissions })
    await expect(withToken(token)).resolves.toMatchObject({ permissions: ['campaign:read', 'budget:revise'] })
  })

  test('of no client, which is not one of all clients', async () => {
    await expect(withToken(tokenFor({ clientIds: [] }))).resolves.toMatchObject({ clientIds: [] })
    await expect(withToken(tokenFor())).resolves.toMatchObject({ clientIds: null })
  })

  test('may carry no role, which allows nothing', async () => {
    const { roles, ...claims } = goodClaims
    await expect(withToken(forge(goodHeader, claims))).resolves.toMatchObject({ roles: [] })
  })
})

describe('no token', () => {
  test.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer x', 'Bearer a.b', `Bearer ${tokenFor()} ${tokenFor()}`])(
    '%s',
    async (header) => {
      await expect(withHeader(header)).rejects.toMatchObject({
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer realm="bizosaas"' },
      })
    },
  )

  // Were the time to read it to grow with the square of its length, this would never end.
  test.each(['', 'Bearer ', 'Bearer a', 'Bearer a.', 'Bearer a.b.'])(
    'a header of a million characters after "%s" is refused, and read but once',
    async (start) => {
      for (const more of ['a', ' ', '.', ' a']) {
        await expect(withHeader(`${start}${more.repeat(1_000_000)}!`)).rejects.toMatchObject({ status: 401 })
      }
    },
  )
})

describe('a token is refused', () => {
  test('without a signature', async () => {
    const none = `${unsigned({ ...goodHeader, alg: 'none' }, goodClaims)}.AA`
    await expect(withToken(none)).rejects.toEqual(refused('must be signed by ES256'))
    await expect(withHeader(`Bearer ${unsigned(goodHeader, goodClaims)}.`)).rejects.toMatchObject({ status: 401 })
  })

  test('when it is signed by HS256 with the public key as the secret', async () => {
    const content = unsigned({ ...goodHeader, alg: 'HS256' }, goodClaims)
    const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' })
    const forged = `${content}.${createHmac('sha256', publicPem).update(content).digest('base64url')}`
    await expect(withToken(forged)).rejects.toEqual(refused('must be signed by ES256'))
  })

  test('when a claim was changed after signing', async () => {
    const [header, , signature] = forge(goodHeader, goodClaims).split('.')
    const changed = `${header}.${part({ ...goodClaims, roles: ['owner'] })}.${signature}`
    await expect(withToken(changed)).rejects.toEqual(refused('invalid signature'))
  })

  test('when another key signed it, whatever key id it claims', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await expect(withToken(tokenFor({}, stranger.privateKey))).rejects.toEqual(refused('key that is not trusted'))
    await expect(withToken(forge(goodHeader, goodClaims, stranger.privateKey))).rejects.toEqual(
      refused('invalid signature'),
    )
  })

  test.each([
    ['expired', goodHeader, { ...goodClaims, exp: now - 10 }, 'expired'],
    ['not valid yet', goodHeader, { ...goodClaims, nbf: now + 60 }, 'not valid yet'],
    ['from another issuer', goodHeader, { ...goodClaims, iss: 'https://other.test' }, 'another issuer'],
    ['for another audience', goodHeader, { ...goodClaims, aud: 'other' }, 'another audience'],
    ['of another type', { ...goodHeader, typ: 'JWT' }, goodClaims, 'type must be at+jwt'],
    ['without a type', { ...goodHeader, typ: undefined }, goodClaims, 'type must be at+jwt'],
    ['without a key id', { ...goodHeader, kid: undefined }, goodClaims, 'not trusted'],
    [
      'for one client as tokens once said it',
      goodHeader,
      { ...goodClaims, client: '3f5a5e9e-6c7e-4a3d-8d5f-6d2f3c1b2a10' },
      'claims are not as expected',
    ],
    ['without a tenant', goodHeader, { ...goodClaims, tenant: undefined }, 'claims are not as expected'],
    ['of a tenant that is no id', goodHeader, { ...goodClaims, tenant: "x' or 1=1" }, 'claims are not as expected'],
    ['of a role that nobody knows', goodHeader, { ...goodClaims, roles: ['root'] }, 'claims are not as expected'],
    ['without a subject', goodHeader, { ...goodClaims, sub: undefined }, 'claims are not as expected'],
    ['that never expires', goodHeader, { ...goodClaims, exp: undefined }, 'claims are not as expected'],
    ['whose claims are a list', goodHeader, [goodClaims], ''],
  ])('%s', async (_, header, claims, detail) => {
    await expect(withToken(forge(header, claims))).rejects.toEqual(refused(detail))
  })

  test.each(['e30.e30.e30', `${part('text')}.${part(goodClaims)}.AAAA`, `${part(null)}.e30.AA`])(
    'that is no JWT: %s',
    async (token) => {
      await expect(withToken(token)).rejects.toEqual(refused('The access token is not accepted'))
    },
  )
})

test('a token that was remembered is refused once it expires', async () => {
  const soon = forge(goodHeader, { ...goodClaims, iat: now - 60, exp: Math.floor(Date.now() / 1000) - 4 })
  // Still within the tolerated skew of the clocks: verified each time, never taken from memory.
  await expect(withToken(soon)).resolves.toMatchObject({ subject: 'ann' })
  const expired = forge(goodHeader, { ...goodClaims, iat: now - 60, exp: Math.floor(Date.now() / 1000) - 6 })
  await expect(withToken(expired)).rejects.toEqual(refused('expired'))
})
