import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { keyIdOf } from './access-token.ts'
import { readSigningKeys } from './signing-keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signing-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const put = (name: string, namedCurve = 'P-256') => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  writeFileSync(join(folder, name), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return keyIdOf(publicKey)
}

test('the last by name signs, the others verify', () => {
  const [second, first] = [put('2026-02-01.pem'), put('2026-01-31.pem')]
  writeFileSync(join(folder, 'README'), 'no key')
  expect(readSigningKeys(folder).map(({ keyId }) => keyId)).toEqual([second, first])
})

test('what is no key is said by its name', () => {
  expect(() => readSigningKeys(join(folder, 'missing'))).toThrow('there is no folder')
  expect(() => readSigningKeys(folder)).toThrow('holds no file that ends in .pem')
  put('1.pem', 'P-384')
  expect(() => readSigningKeys(folder)).toThrow('1.pem must hold a P-256 key')
  writeFileSync(join(folder, '2.pem'), 'nothing')
  expect(() => readSigningKeys(folder)).toThrow('2.pem cannot be read')
})
