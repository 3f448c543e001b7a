import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { upcasters } from '../upcasters.ts'
import type { AvroField, AvroRecord } from './load.ts'
import { plan } from './plan.ts'

const real = join(import.meta.dirname, '..')

test('what is committed is what the schemas say', () => {
  const { files, problems } = plan(real, upcasters)
  expect(problems).toEqual([])
  for (const [path, text] of files) {
    const onDisk = existsSync(join(real, path)) ? readFileSync(join(real, path), 'utf8') : 'missing'
    expect([path, onDisk === text]).toEqual([path, true])
  }
})

/** A copy of the real schemas with their golden events, to plant changes in. */
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schemas-'))
  const isOfContext = (path: string) =>
    path === real || /\.(avsc|json)$/.test(path) || !/[./]/.test(path.slice(real.length + 1))
  cpSync(real, root, { recursive: true, filter: isOfContext })
})
afterEach(() => rmSync(root, { recursive: true }))

const read = (path: string): AvroRecord => JSON.parse(readFileSync(join(root, path), 'utf8'))
const write = (path: string, schema: object | string) =>
  writeFileSync(join(root, path), typeof schema === 'string' ? schema : JSON.stringify(schema))
const problems = (withUpcasters = {}) => plan(root, withUpcasters).problems

const renamed = 'campaigns/CampaignRenamed.avsc'
const cancelled = 'campaigns/CampaignCancelled.avsc'
/** Adds a version of an event whose fields are other ones. */
const addVersion = (
  path: string,
  version: number,
  fields: (before: readonly AvroField[]) => readonly AvroField[],
  major = 1,
) => {
  const schema = read(path)
  write(path.replace('.avsc', `.v${version}.avsc`), {
    ...schema,
    namespace: `bizosaas.campaigns.v${major}`,
    fields: fields(schema.fields),
  })
}

describe('a released schema', () => {
  test('may not change', () => {
    const schema = read(renamed)
    write(renamed, { ...schema, fields: [...schema.fields, { name: 'why', type: 'string', default: '' }] })
    expect(problems()).toEqual([
      'CampaignRenamed is released; add CampaignRenamed.v2.avsc. What schemas/campaigns/CampaignRenamed.avsc says ' +
        '(itself or by a type that it uses) is not what schemas/golden/CampaignRenamed.v1.json was written with.',
    ])
  })

  test('may not change in a default', () => {
    const schema = read(cancelled)
    const fields = schema.fields.map((field) => ({ ...field, ...(field.name === 'reason' && { default: undefined }) }))
    write(cancelled, { ...schema, fields })
    expect(problems()).toEqual([expect.stringContaining('CampaignCancelled is released')])
  })

  test('may not change through a type that it uses', () => {
    const money = read('common/Money.avsc')
    write('common/Money.avsc', { ...money, fields: [...money.fields, { name: 'exponent', type: 'int', default: 6 }] })
    expect(problems()).toEqual([
      expect.stringContaining('BudgetAllocated is released'),
      expect.stringContaining('BudgetRevised is released'),
    ])
  })

  test('may not go away', () => {
    rmSync(join(root, renamed))
    expect(problems()).toEqual([
      'schemas/golden/CampaignRenamed.v1.json is of a released event, but its .avsc is gone. Restore that file.',
    ])
  })

  test('may get a better doc, and other spaces', () => {
    write(renamed, JSON.stringify({ ...read(renamed), doc: 'Somebody called the campaign something else.' }, null, 7))
    expect(problems()).toEqual([])
  })

  test('keeps its golden event', () => {
    expect([...plan(root, {}).files.keys()]).toEqual(['generated/types.ts', 'generated/schemas.ts', 'asyncapi.yaml'])
    rmSync(join(root, 'golden/CampaignRenamed.v1.json'))
    expect([...plan(root, {}).files.keys()]).toContain('golden/CampaignRenamed.v1.json')
  })
})

describe('a new version', () => {
  test('with a default is read by the old one and reads it', () => {
    addVersion(renamed, 2, (fields) => [...fields, { name: 'why', type: ['null', 'string'], default: null }])
    const { files, problems } = plan(root, {})
    expect(problems).toEqual([])
    expect(files.has('golden/CampaignRenamed.v2.json')).toBe(true)
    expect(files.has('golden/CampaignRenamed.v1.json')).toBe(false)
    const types = files.get('generated/types.ts')
    expect(types).toContain(
      'export interface CampaignRenamedV1 {\n  readonly campaignId: CampaignId\n  readonly name: string\n}',
    )
    expect(types).toContain('readonly CampaignRenamed: { readonly 1: CampaignRenamedV1; readonly 2: CampaignRenamed }')
    expect(files.get('asyncapi.yaml')).toContain('CampaignRenamed.v2:')
  })

  test('may use a new version of a shared type', () => {
    const money = read('common/Money.avsc')
    const fields = [...money.fields, { name: 'exponent', type: 'int', default: 6 }]
    write('common/Money.v2.avsc', { ...money, namespace: 'bizosaas.common.v2', fields })
    addVersion('campaigns/BudgetAllocated.avsc', 2, (before) =>
      before.map((field) => (field.name === 'budget' ? { ...field, type: 'bizosaas.common.v2.Money' } : field)),
    )
    const { files, problems } = plan(root, {})
    expect(problems).toEqual([])
    expect(files.get('generated/types.ts')).toContain('readonly budget: MoneyV1')
  })

  test.each<[string, string, (fields: readonly AvroField[]) => readonly AvroField[]]>([
    [
      'adds a field without a default',
      'Version 2 of CampaignRenamed cannot read what version 1 wrote',
      (fields) => [...fields, { name: 'why', type: 'string' }],
    ],
    [
      'drops a field that had no default',
      'Version 1 of CampaignRenamed cannot read what version 2 wrote',
      (fields) => fields.slice(0, 1),
    ],
    [
      'changes a type',
      'Version 1 of CampaignRenamed cannot read what version 2 wrote',
      (fields) => fields.map((field) => (field.name === 'name' ? { ...field, type: 'long' } : field)),
    ],
    [
      'takes bytes for text, which JSON cannot tell apart',
      'Version 2 of CampaignRenamed cannot read what version 1 wrote',
      (fields) => fields.map((field) => (field.name === 'name' ? { ...field, type: 'bytes' } : field)),
    ],
    [
      'makes a field nullable',
      'Version 1 of CampaignRenamed cannot read',
      (fields) =>
        fields.map((field) => (field.name === 'name' ? { ...field, type: ['null', 'string'], default: null } : field)),
    ],
  ])('is refused when it %s', (_, sentence, change) => {
    addVersion(renamed, 2, change)
    expect(problems()).toEqual(expect.arrayContaining([expect.stringContaining(sentence)]))
  })

  test('is compared with every earlier one, not only the last', () => {
    addVersion(cancelled, 2, (fields) => fields.filter(({ name }) => name !== 'reason'))
    expect(problems()).toEqual([])
    addVersion(cancelled, 3, ([id]) => [id as AvroField, { name: 'reason', type: 'long', default: 0 }])
    const found = problems()
    expect(found).toEqual([
      expect.stringContaining('Version 1 of CampaignCancelled cannot read what version 3 wrote'),
      expect.stringContaining('Version 3 of CampaignCancelled cannot read what version 1 wrote'),
    ])
  })

  test('of another major needs an upcaster for each version of the old one', () => {
    addVersion(renamed, 2, ([id]) => [id as AvroField, { name: 'title', type: 'string' }], 2)
    expect(problems()).toEqual([
      'CampaignRenamed of version 1 is of the major bizosaas.campaigns.v1: add its upcaster to schemas/upcasters.ts.',
    ])
    expect(problems({ CampaignRenamed: { 1: () => ({}) } })).toEqual([])
  })
})

describe('a file that cannot be used is named', () => {
  const event = (change: object) => ({ ...read(renamed), name: 'CampaignLost', ...change })
  const field = (type: unknown) => event({ fields: [{ name: 'x', type }] })
  const lost = 'campaigns/CampaignLost.avsc'

  test.each<[string, () => string | object, string]>([
    [lost, () => '{', 'is no JSON'],
    [lost, () => event({ name: 'CampaignFound' }), 'must define CampaignLost, not CampaignFound'],
    [lost, () => event({ namespace: 'bizosaas.campaign.v1' }), 'must have the namespace bizosaas.campaigns.v<major>'],
    [lost, () => event({ doc: undefined }), 'needs a doc'],
    [lost, () => event({ category: undefined }), 'needs a category'],
    [lost, () => event({ type: 'enum', symbols: ['a'] }), 'must be a record'],
    [lost, () => field('bizosaas.common.v1.Monney'), 'x: there is no type bizosaas.common.v1.Monney in common/'],
    [lost, () => field(['null', 'string', 'long']), 'x: a union is ["null", <one type>]'],
    [lost, () => field(['string', 'null']), 'x: a union is ["null", <one type>]'],
    [lost, () => field({ type: 'array', items: { type: 'record', name: 'Inner', fields: [] } }), 'is not supported'],
    [lost, () => field({ type: 'long', logicalType: 'timestamp-millis' }), 'is not supported'],
    ['campaigns/campaignLost.avsc', () => event({}), 'must be named like'],
    ['campaigns/CampaignLost.v1.avsc', () => event({}), 'must be named like'],
    ['campaigns/CampaignLost.v2.avsc', () => event({}), 'comes after version 0: call it version 1'],
    [
      'campaigns/CampaignRenamed.v3.avsc',
      () => event({ name: 'CampaignRenamed' }),
      'comes after version 1: call it version 2',
    ],
    [
      'claims/CampaignRenamed.v2.avsc',
      () => event({ name: 'CampaignRenamed', namespace: 'bizosaas.claims.v1' }),
      'names are unique',
    ],
    ['common/Money.v2.avsc', () => read('common/Money.avsc'), 'a new version of a shared type has a new namespace'],
  ])('%s %#: %s', (path, schema, reason) => {
    write(path, schema())
    expect(() => plan(root, {})).toThrow(`schemas/${path}`)
    expect(() => plan(root, {})).toThrow(reason)
  })
})
