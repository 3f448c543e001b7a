import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import { schemaOf } from '../events.ts'
import { eventTypes, topicOf } from '../index.ts'

const official = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json')
const document = parse(readFileSync(join(import.meta.dirname, '../asyncapi.yaml'), 'utf8'))

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
addFormats.default(ajv)
const validate = ajv.compile(official)

test('the document is AsyncAPI 3.0 by its official schema', () => {
  validate(document)
  expect(validate.errors ?? []).toEqual([])
})

test('which does notice what is wrong', () => {
  const [name] = Object.keys(document.components.messages)
  const broken = structuredClone(document)
  broken.components.messages[name as string].payload.schema.fields[0] = { type: 'string' }
  expect(validate(broken)).toBe(false)
  expect(validate({ ...document, channels: { events: { adress: 'events.g1' } } })).toBe(false)
})

test('every version of every event is in the topic of its category', () => {
  for (const type of eventTypes) {
    const { versions, category } = schemaOf(type)
    const topics = category === null ? ['events', 'observations'] : [topicOf(category)]
    for (const version of versions) {
      const name = `${type}.v${version}`
      const holders = Object.keys(document.channels).filter((topic) => name in document.channels[topic].messages)
      expect([name, holders]).toEqual([name, topics])
    }
  }
})

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path)
  expect(references.length).toBeGreaterThan(eventTypes.length)
  for (const path of references) {
    const target = path.split('/').reduce((node, key) => node?.[key], document)
    expect([path, target]).toEqual([path, expect.any(Object)])
  }
})
