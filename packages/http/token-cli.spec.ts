import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { authentication } from './auth.ts'
import { fixedKeys } from './key-source.ts'
import { keys, tenantId } from './spec-support/service.ts'
import { tokenFromArguments } from './token-cli.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-'))
  mkdirSync(join(folder, 'secrets', 'signing-keys'), { recursive: true })
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(folder, 'secrets', 'signing-keys', '2026-01-01.pem'), pem)
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => tokenFromArguments(args, { BIZOSAAS_DATA_DIR: folder })
const other = '0198c0de-0000-4000-8000-0000000000cc'
const good = ['--tenant', tenantId, '--role', 'owner,viewer']

test('a token that the services of the same folder accept', async () => {
  const token = run(...good, '--client', `${tenantId},${other}`, '--subject', 'eve', '--expires', '15m')
  const authenticate = authentication({
    issuer: 'http://127.0.0.1:8080/oidc',
    audience: 'bizosaas-api',
    keyOf: fixedKeys(keys.publicKey),
  })
  const request = { headers: { authorization: `Bearer ${token}` } } as IncomingMessage
  await expect(authenticate(request)).resolves.toMatchObject({
    subject: 'eve',
    tenantId,
    clientIds: [tenantId, other],
    roles: ['owner', 'viewer'],
  })
  const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(exp - iat).toBe(900)
})

describe('a mistake is said in one sentence', () => {
  test.each([
    [['--tenant', 'x', '--role', 'owner'], '--tenant must be a UUID, not x.'],
    [['--role', 'owner'], '--tenant is missing.'],
    [['--tenant', tenantId], '--role is missing: one or more of owner'],
    [['--tenant', tenantId, '--role', 'ownr'], 'ownr is no role; did you mean owner?'],
    [[...good, '--client', '1'], '--client must be a UUID, not 1.'],
    [[...good, '--expires', '0h'], '--expires must be like 30s, 15m, 1h or 7d, not 0h.'],
    [[...good, '--rol', 'x'], "Unknown option '--rol'"],
  ])('%j', (args, message) => {
    expect(() => run(...args)).toThrow(message)
  })

  test('no key yet', () => {
    expect(() => tokenFromArguments(good, { BIZOSAAS_DATA_DIR: '/nowhere' })).toThrow('run npm start once')
  })
})

test('help lists the options and roles', () => {
  expect(run('--help')).toContain('accountManager')
  expect(run()).toContain('--tenant')
})
