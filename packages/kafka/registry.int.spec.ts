import { avroSchema, eventTypes, schemaOf } from '@bizosaas/schemas'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { connectRegistry, type SchemaRegistry } from './registry.ts'

const url = process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:18081/apis/ccompat/v7'
let publisher: SchemaRegistry

beforeAll(async () => {
  publisher = await connectRegistry(url)
  await publisher.registerAll()
}, 60_000)

describe('The schema registry', () => {
  test('knows every version of every type under the full name of its record, and guards its compatibility', async () => {
    for (const type of eventTypes) {
      const { subject } = avroSchema(type, schemaOf(type).version)
      const answer = await fetch(`${url}/config/${subject}`)
      expect([subject, await answer.json()]).toEqual([subject, { compatibilityLevel: 'FULL_TRANSITIVE' }])
    }
  })

  test('gives the same ids to whoever registers again', async () => {
    const again = await connectRegistry(url)
    await again.registerAll()
    for (const type of eventTypes) expect(again.idOf(type, 1)).toBe(publisher.idOf(type, 1))
  }, 30_000)

  test('tells a reader, who registers nothing, what an id stands for', async () => {
    const reader = await connectRegistry(url)
    const ids = eventTypes.map((type) => publisher.idOf(type, 1))
    await reader.learn(ids)
    expect(ids.map(reader.nameOf)).toEqual(eventTypes.map((type) => ({ type, version: 1 })))
  }, 30_000)

  test('is asked about an id that nobody registered, and the reader says what to do', async () => {
    const reader = await connectRegistry(url)
    await expect(reader.learn([2_000_000_000])).rejects.toThrow('2000000000')
    expect(() => reader.nameOf(2_000_000_000)).toThrow('deploy the release that published it')
  })
})
