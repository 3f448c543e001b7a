import { TenantId } from '@bizosaas/schemas'
import { expect, test } from '@jest/globals'
import { claimer } from './claims.ts'

const tenant = TenantId.parse('019ab000-0000-4000-8000-0000000000aa')
const other = TenantId.parse('019ab000-0000-4000-8000-0000000000bb')
const claim = claimer('00'.repeat(32))

test('the same value of a tenant is the same claim, and only that', () => {
  const { kind, stream } = claim(tenant, 'ad-account', ['meta', '42'])
  expect(kind).toBe('ad-account')
  expect(stream).toMatch(/^claim-019ab000-0000-4000-8000-0000000000aa\.ad-account:[0-9a-f]{64}$/)
  expect(claim(tenant, 'ad-account', ['meta', '42']).stream).toBe(stream)
  expect(claim(other, 'ad-account', ['meta', '42']).stream).not.toBe(stream)
  expect(claim(tenant, 'webhook', ['meta', '42']).stream).not.toBe(stream)
  expect(claim(tenant, 'ad-account', ['meta4', '2']).stream).not.toBe(stream)
})

test('the value does not show in the stream, and cannot be found out without the key', () => {
  const email = ['somebody@example.com']
  expect(claim(tenant, 'email', email).stream).not.toContain('somebody')
  expect(claimer('11'.repeat(32))(tenant, 'email', email).stream).not.toBe(claim(tenant, 'email', email).stream)
})
