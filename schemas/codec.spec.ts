import { describe, expect, test } from '@jest/globals'
import { codecOf } from './codec.ts'
import { InvalidEvent, UnknownEvent, UnreadableEvent } from './errors.ts'
import { CampaignId } from './ids.ts'
import type { Upcasters } from './upcasters.ts'

/** A made-up event: version 2 gains a field with a default, version 3 (another major) splits one. */
const person = (major: number, fields: readonly unknown[]) => ({
  type: 'record',
  name: 'PersonNamed',
  namespace: `bizosaas.tests.v${major}`,
  fields,
})
const pet = (major: number, fields: readonly unknown[]) => ({
  type: 'record',
  name: 'Pet',
  namespace: `bizosaas.common.v${major}`,
  fields,
})
const petName = { name: 'name', type: 'string' }
const versions = [
  person(1, [
    { name: 'name', type: 'string' },
    { name: 'pets', type: { type: 'map', values: pet(1, [petName]) } },
  ]),
  person(1, [
    { name: 'name', type: 'string' },
    { name: 'pets', type: { type: 'map', values: pet(2, [petName, { name: 'age', type: 'int', default: 0 }]) } },
    { name: 'born', type: ['null', { type: 'int', logicalType: 'date' }], default: null },
  ]),
]
const third = person(2, [
  { name: 'first', type: 'string' },
  { name: 'last', type: 'string' },
])
const split = (stored: unknown) => {
  const [first, last] = (stored as { name: string }).name.split(' ')
  return { first, last }
}

const codec1 = codecOf('PersonNamed', versions.slice(0, 1), {})
const codec2 = codecOf('PersonNamed', versions, {})
const codec3 = codecOf('PersonNamed', [...versions, third], { 1: split, 2: split })
const stored1 = { name: 'Ada Lovelace', pets: { b: { name: 'Rex' }, a: { name: 'Tom' } } }

describe('an old version is read as the latest', () => {
  const resolved = {
    name: 'Ada Lovelace',
    pets: { a: { name: 'Tom', age: 0 }, b: { name: 'Rex', age: 0 } },
    born: null,
  }

  test('by Avro, also inside maps and through a shared type with a new namespace', () => {
    expect(codec2.decode(1, codec1.encode(stored1))).toStrictEqual(resolved)
    expect(codec2.fromStored(1, stored1)).toStrictEqual(resolved)
  })

  test('by an upcaster where Avro cannot', () => {
    const latest = { first: 'Ada', last: 'Lovelace' }
    expect(codec3.decode(1, codec1.encode(stored1))).toStrictEqual(latest)
    expect(codec3.fromStored(1, stored1)).toStrictEqual(latest)
    expect(codec3.decode(2, codec2.encode(resolved))).toStrictEqual(latest)
  })

  test('and the newest as it stands', () => {
    const latest = { first: 'Ada', last: 'Lovelace' }
    expect(codec3.decode(3, codec3.encode(latest))).toStrictEqual(latest)
    expect(codec3.fromStored(3, latest)).toBe(latest)
  })
})

test('an upcaster knows the data of its event and version', () => {
  const typed: Upcasters = { CampaignPaused: { 1: (stored) => ({ ...stored, reason: stored.reason ?? 'unknown' }) } }
  const campaignId = CampaignId.parse('01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e02')
  expect(typed.CampaignPaused?.[1]?.({ campaignId, reason: null })).toEqual({ campaignId, reason: 'unknown' })
})

test('what was stored is published in the version it was stored in', () => {
  expect(codec3.encodeStored(1, stored1)).toEqual(codec1.encode(stored1))
  expect(codec3.encodeStored(2, { ...stored1, pets: {}, born: '1815-12-10' })).toEqual(
    codec2.encode({ ...stored1, pets: {}, born: '1815-12-10' }),
  )
})

test('old data that is not what its version says is refused', () => {
  expect(() => codec2.fromStored(1, { name: 1 })).toThrow(InvalidEvent)
  expect(() => codec2.decode(1, Buffer.of(2))).toThrow(UnreadableEvent)
  expect(() => codec2.decode(3, Buffer.of(2))).toThrow(UnknownEvent)
})

test('bytes may be any Uint8Array, also a part of a larger one', () => {
  const bytes = codec1.encode(stored1)
  const larger = new Uint8Array(bytes.length + 2)
  larger.set(bytes, 1)
  expect(codec1.decode(1, larger.subarray(1, -1))).toEqual(stored1)
})

test('a version that Avro cannot resolve and that has no upcaster fails when the codec is made', () => {
  expect(() => codecOf('PersonNamed', [...versions, third], { 1: split })).toThrow('first')
})
