import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { emailDigest, foldEmail, originDigest } from './look-up.ts'

test('an address is the same in any case, and folding it again changes nothing', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      expect(foldEmail(email.toUpperCase())).toBe(foldEmail(email))
      expect(foldEmail(foldEmail(email))).toBe(foldEmail(email))
    }),
  )
  expect(foldEmail('STRASSE@example.org')).toBe(foldEmail('straße@example.org'))
  expect(foldEmail('Ann@Example.org')).not.toBe(foldEmail('bob@example.org'))
})

test('a digest tells addresses apart within a tenant, and says nothing across tenants or without the key', () => {
  const digest = emailDigest(randomBytes(32).toString('hex'))
  const [one, other] = [randomUUID(), randomUUID()]
  expect(digest(one, 'ANN@example.org')).toBe(digest(one, 'ann@example.org'))
  expect(digest(one, 'bob@example.org')).not.toBe(digest(one, 'ann@example.org'))
  expect(digest(other, 'ann@example.org')).not.toBe(digest(one, 'ann@example.org'))
  expect(emailDigest(randomBytes(32).toString('hex'))(one, 'ann@example.org')).not.toBe(digest(one, 'ann@example.org'))
})

test('a place on the network has one digest, however its address is written, and none without the key', () => {
  const digest = originDigest(randomBytes(32).toString('hex'))
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV6(), (v4, v6) => {
      expect(digest(v4)).toMatch(/^[\w-]{43}$/)
      expect(digest(v6.toUpperCase())).toBe(digest(v6))
    }),
  )
  expect(digest('2001:db8:0:0:0:0:0:1')).toBe(digest('2001:db8::1'))
  expect(digest('203.0.113.9')).not.toBe(digest('203.0.113.8'))
  expect(digest('somewhere')).toBeNull()
  expect(originDigest(randomBytes(32).toString('hex'))('203.0.113.9')).not.toBe(digest('203.0.113.9'))
})
