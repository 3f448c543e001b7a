import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keyIdOf } from '@bizosaas/http'
import { expect, test } from '@jest/globals'
import { claimsIn, type Tokens } from '../testing/browser.ts'
import { issuer, redirectUri, usePeopleService } from '../testing/people-service.ts'
import { until } from '../testing/until.ts'

const world = usePeopleService()

test('a person signs in, and the application gets a token that says what they may do', async () => {
  const ann = await world.join({ roles: ['analyst', 'viewer'] })
  const application = await world.register()
  const browser = world.browser()
  const { back, state, code, verifier } = await browser.signIn(application, ann)
  expect(`${back.origin}${back.pathname}`).toBe(redirectUri)
  expect(Object.fromEntries(back.searchParams)).toEqual({ code, state, iss: issuer })

  const answer = await browser.redeem(application, code, verifier)
  const tokens = (await answer.json()) as Tokens
  expect([answer.status, tokens]).toMatchObject([200, { token_type: 'Bearer', expires_in: 600 }])
  expect(claimsIn(tokens.access_token)).toMatchObject({
    iss: issuer,
    aud: 'api.test',
    sub: ann.userId,
    tenant: world.tenantId,
    roles: ['analyst', 'viewer'],
  })
  expect(claimsIn(tokens.id_token)).toMatchObject({ sub: ann.userId, aud: application.clientId })
  const changed = await world.ask('PUT', '/v1/me/preferences', {
    token: tokens.access_token,
    body: {
      locale: 'de-CH',
      timeZone: 'Europe/Zurich',
      notifications: { email: true, sms: false, push: false, webhook: false },
    },
  })
  expect(changed.status).toBe(200)
})

test('a key that is put into the folder signs from then on, and all are published, without a restart', async () => {
  const partner = await world.register({ hasSecret: true, redirectUris: [], roles: ['service'] })
  const keysNow = async () => {
    const answer = await fetch(`${world.url()}/oidc/jwks`)
    return ((await answer.json()) as { keys: Record<string, string>[] }).keys
  }
  const [old] = await keysNow()
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(world.signingKeysFolder(), '2026-02-01.pem'), pem)
  await until('the key is published', 20_000, async () => (await keysNow()).length === 2)
  const keys = await keysNow()
  expect(keys.map(({ kid }) => kid)).toEqual([keyIdOf(publicKey), old?.kid])
  expect(keys.map(({ d }) => d)).toEqual([undefined, undefined])
  const answer = await world.browser().token({ grant_type: 'client_credentials' }, partner)
  const { access_token } = (await answer.json()) as Tokens
  const header = JSON.parse(Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString())
  expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: keyIdOf(publicKey) })
}, 40_000)
