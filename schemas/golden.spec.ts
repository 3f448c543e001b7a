import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { codecOf } from './codec.ts'
import type { Golden } from './generate/golden.ts'
import { metadataSchemas } from './generated/schemas.ts'
import { decode, type EventData, type EventType, encode, encodeStored, fromStored, isEventType } from './index.ts'

const folder = join(import.meta.dirname, 'golden')
const golden = readdirSync(folder).map((file) => {
  const [, name = '', version] = /^(\w+)\.v(\d+)\.json$/.exec(file) ?? []
  return { file, name, version: Number(version), ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Golden) }
})

test('there is something to keep', () => {
  expect(golden.length).toBeGreaterThan(0)
})

describe.each(golden.filter(({ name }) => isEventType(name)))('$file', ({ name, version, json, avro }) => {
  const bytes = Buffer.from(avro, 'base64')

  test('is read for ever, as JSON and as Avro, and means the same', () => {
    const event = fromStored(name, version, json)
    expect(decode(name, version, bytes)).toEqual(event)
    // What an upcaster makes of it is what the latest schema allows.
    expect(() => encode(name as EventType, event.data as EventData[EventType])).not.toThrow()
  })

  test('is published in the bytes it always was', () => {
    expect(encodeStored(name, version, json)).toEqual(bytes)
  })
})

test.each(golden.filter(({ name }) => !isEventType(name)))(
  '$file is read for ever',
  ({ name, version, json, avro }) => {
    expect(name).toBe('Metadata')
    const codec = codecOf(name, metadataSchemas, {})
    expect(codec.decode(version, Buffer.from(avro, 'base64'))).toEqual(codec.fromStored(version, json))
  },
)
