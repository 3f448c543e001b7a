import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { CannotOpen } from './errors.ts'
import type { DataKey } from './key-store.ts'
import { fileKey } from './master-key.ts'
import { openText, sealText } from './sealing.ts'

const keyOf = (subject: string, version = 1): DataKey => ({ subject, version, key: randomBytes(32) })
const [ann, bob] = [keyOf(randomUUID()), keyOf(randomUUID())]
const texts = fc.string({ unit: 'binary', maxLength: 300 })
const fields = fc.constantFrom('email', 'givenName', 'familyName', 'phone')

describe('what is sealed', () => {
  test('opens with its key, for its person and its field, whatever it says', () => {
    fc.assert(
      fc.property(texts, fields, (text, field) => {
        expect(openText(ann.key, { field, sealed: sealText(ann, field, text) })).toBe(text)
      }),
    )
  })

  test('opens for no other person, no other field and no other version of the key', () => {
    fc.assert(
      fc.property(texts, fields, fields, fc.integer({ min: 2, max: 9 }), (text, field, otherField, otherVersion) => {
        const sealed = sealText(ann, field, text)
        const refused = (key: Buffer, name: string, changes: object = {}) =>
          expect(() => openText(key, { field: name, sealed: { ...sealed, ...changes } })).toThrow(CannotOpen)
        refused(bob.key, field)
        refused(bob.key, field, { subject: bob.subject })
        // Moved to another person, field or version although the key is the right one: what it is about is bound to it.
        refused(ann.key, field, { subject: bob.subject })
        refused(ann.key, field, { keyVersion: otherVersion })
        if (otherField !== field) refused(ann.key, otherField)
      }),
    )
  })

  test('does not open when any bit of it was changed, or when it was cut', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 0, max: 7 }), (text, at, bit) => {
        const sealed = sealText(ann, 'email', text)
        const bytes = Buffer.from(sealed.bytes, 'base64')
        const flipped = Buffer.from(bytes)
        const place = at % bytes.length
        flipped[place] = (flipped[place] ?? 0) ^ (1 << bit)
        for (const wrong of [flipped, bytes.subarray(0, place)]) {
          const other = { ...sealed, bytes: wrong.toString('base64') }
          expect(() => openText(ann.key, { field: 'email', sealed: other })).toThrow(CannotOpen)
        }
      }),
    )
  })

  test('is different each time, so that equal texts are not seen to be equal', () => {
    expect(sealText(ann, 'email', 'ann@example.org').bytes).not.toBe(sealText(ann, 'email', 'ann@example.org').bytes)
  })
})

describe('a master key in a file', () => {
  const master = fileKey(randomBytes(32).toString('hex'))

  test('unwraps what it wrapped, for the key that it was wrapped for', async () => {
    const dataKey = randomBytes(32)
    const text = await master.wrap(dataKey, 'ann/1')
    expect(await master.unwrap([{ text, about: 'ann/1' }])).toEqual([dataKey])
    await expect(master.unwrap([{ text, about: 'bob/1' }])).rejects.toThrow(CannotOpen)
    await expect(fileKey('00'.repeat(32)).unwrap([{ text, about: 'ann/1' }])).rejects.toThrow(CannotOpen)
  })

  test('is 32 bytes', () => {
    expect(() => fileKey('00'.repeat(31))).toThrow('32 bytes')
  })
})
