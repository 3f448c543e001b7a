import type { AvroFieldType, Definition, Schemas, Versions } from './load.ts'
import { isNullable, latestOf } from './load.ts'
import { selfContained } from './self-contained.ts'

const notice = '/** Generated from the .avsc files by `npm run generate`: change those, not this. */\n'

/** Ids are known by the names of their fields. */
const ids: Readonly<Record<string, string>> = {
  adAccountId: 'AdAccountId',
  campaignId: 'CampaignId',
  clientId: 'ClientId',
  tenantId: 'TenantId',
}

const primitives: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Base64',
}

/** The types of every event and of what they are made of. */
export function typesFile(schemas: Schemas): string {
  const all = [...schemas.shared, schemas.metadata, ...schemas.events]
  const names = new Map(all.flatMap((versions) => versions.map((one) => [one, typeName(one, versions)] as const)))
  const categories = new Set(
    schemas.events
      .map((versions) => latestOf(versions).schema)
      .flatMap((schema) => ('category' in schema ? [schema.category] : [])),
  )
  const body = [
    `/** Of streams. */\nexport type Category = ${[...categories]
      .sort()
      .map((name) => `'${name}'`)
      .join(' | ')}\n`,
    '/** Bytes as Base64 text, in memory as in JSON. */\nexport type Base64 = string\n',
    ...all.flatMap((versions) => versions.map((one) => typeOf(one, schemas.named, names))),
    `/** What each event says, in its latest version. */\nexport interface EventData {\n${schemas.events
      .map((versions) => `  readonly ${versions[0].name}: ${names.get(latestOf(versions))}\n`)
      .join('')}}\n`,
    `/** What each version of each event says. */\nexport interface EventVersions {\n${schemas.events
      .map(
        (versions) =>
          `  readonly ${versions[0].name}: { ${versions.map((one) => `readonly ${one.version}: ${names.get(one)}`).join('; ')} }\n`,
      )
      .join('')}}\n`,
  ].join('\n')
  const used = (candidates: readonly string[]) => candidates.filter((name) => new RegExp(`\\b${name}\\b`).test(body))
  return [
    notice,
    `import type { ${used(Object.values(ids)).join(', ')} } from '../ids.ts'\n`,
    `import type { ${used(['CalendarDate', 'Instant']).join(', ')} } from '../time.ts'\n\n`,
    body,
  ].join('')
}

/** The schemas themselves, self-contained, so that running them needs no files. */
export function schemasFile(schemas: Schemas): string {
  const texts = (versions: Versions) =>
    versions.map((one) => `      ${JSON.stringify(selfContained(one, schemas.named))},\n`).join('')
  const entry = (versions: Versions) => {
    const { name, folder, schema } = latestOf(versions)
    const category = 'category' in schema ? `'${schema.category}'` : 'null'
    return `  ${name}: {\n    context: '${folder}',\n    category: ${category},\n    versions: [\n${texts(versions)}    ],\n  },\n`
  }
  return [
    notice,
    "import type { Category, EventData } from './types.ts'\n\n",
    '/** Versions are self-contained Avro schemas; the first is version 1. */\n',
    'export type EventSchemas = {\n  readonly context: string\n  readonly category: Category | null\n  readonly versions: readonly AvroSchema[]\n}\n',
    'export type AvroSchema = { readonly type: string; readonly name: string; readonly namespace: string; readonly fields: readonly unknown[] }\n\n',
    `export const eventSchemas: { readonly [T in keyof EventData]: EventSchemas } = {\n${schemas.events.map(entry).join('')}}\n\n`,
    `export const metadataSchemas: readonly AvroSchema[] = [\n${texts(schemas.metadata).replaceAll(/^ {4}/gm, '')}]\n`,
  ].join('')
}

/** The latest version has the plain name; an older one is told by its number. */
function typeName({ name, version }: Definition, versions: Versions): string {
  return version === versions.length ? name : `${name}V${version}`
}

function typeOf(definition: Definition, named: Schemas['named'], names: ReadonlyMap<Definition, string>): string {
  const { schema } = definition
  const head = `/** ${schema.doc} */\nexport`
  if (schema.type === 'enum') {
    return `${head} type ${names.get(definition)} = ${schema.symbols.map((symbol) => `'${symbol}'`).join(' | ')}\n`
  }
  const fields = schema.fields.map(
    ({ name, type, doc }) => `${doc ? `  /** ${doc} */\n` : ''}  readonly ${name}: ${fieldType(type, name)}\n`,
  )
  return `${head} interface ${names.get(definition)} {\n${fields.join('')}}\n`

  function fieldType(type: AvroFieldType, field: string): string {
    if (typeof type === 'string') {
      const reference = named.get(type)
      if (reference) return names.get(reference) as string
      return type === 'string' ? (ids[field] ?? 'string') : (primitives[type] as string)
    }
    if (isNullable(type)) return `${fieldType(type[1], field)} | null`
    if ('items' in type) return `readonly ${fieldType(type.items, field)}[]`
    if ('values' in type) return `{ readonly [key: string]: ${fieldType(type.values, field)} }`
    return type.logicalType === 'date' ? 'CalendarDate' : 'Instant'
  }
}
