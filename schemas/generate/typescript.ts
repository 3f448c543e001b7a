import type { AvroFieldType, Definition, Schemas, Versions } from './load.ts'
import { isNullable, latestOf } from './load.ts'
import { selfContained } from './self-contained.ts'

const notice = '/** Generated from the .avsc files by `npm run generate`: change those, not this. */\n'

/** Ids are known by the names of their fields. */
const ids: Readonly<Record<string, string>> = {
  adAccountId: 'AdAccountId',
  campaignId: 'CampaignId',
  clientId: 'ClientId',
  invitationId: 'InvitationId',
  roleId: 'RoleId',
  tenantId: 'TenantId',
  userId: 'UserId',
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
  const { shared, metadata, events, named } = schemas
  const all = [...shared, metadata, ...events]
  const names = new Map(all.flatMap((versions) => versions.map((one) => [one, typeName(one, versions)] as const)))
  const body = [
    `/** Of streams. */\nexport type Category = ${quoted(categoriesOf(events))}\n`,
    '/** Bytes as Base64 text, in memory as in JSON. */\nexport type Base64 = string\n',
    ...all.flat().map((one) => typeOf(one, named, names)),
    interfaceOf(
      'What each event says, in its latest version.',
      'EventData',
      events.map((versions) => field(versions[0].name, names.get(latestOf(versions)))),
    ),
    interfaceOf(
      'What each version of each event says.',
      'EventVersions',
      events.map((versions) =>
        field(
          versions[0].name,
          `{ ${versions.map((one) => `readonly ${one.version}: ${names.get(one)}`).join('; ')} }`,
        ),
      ),
    ),
  ].join('\n')
  const imports = (candidates: readonly string[], file: string) => {
    const used = candidates.filter((name) => new RegExp(`\\b${name}\\b`).test(body))
    return used.length > 0 ? `import type { ${used.join(', ')} } from '${file}'\n` : ''
  }
  return `${notice}${imports(Object.values(ids), '../ids.ts')}${imports(['CalendarDate', 'Instant'], '../time.ts')}\n${body}`
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
  const name = names.get(definition) as string
  if (schema.type === 'enum') return `/** ${schema.doc} */\nexport type ${name} = ${quoted(schema.symbols)}\n`
  const fields = schema.fields.map(({ name, type, doc }) => field(name, fieldType(type, name), doc))
  return interfaceOf(schema.doc, name, fields)

  function fieldType(type: AvroFieldType, field: string): string {
    if (typeof type === 'string') {
      const reference = named.get(type)
      if (reference) return names.get(reference) as string
      return type === 'string' ? (ids[field] ?? 'string') : (primitives[type] as string)
    }
    if (isNullable(type)) return `${fieldType(type[1], field)} | null`
    if ('items' in type) return `ReadonlyArray<${fieldType(type.items, field)}>`
    if ('values' in type) return `{ readonly [key: string]: ${fieldType(type.values, field)} }`
    return type.logicalType === 'date' ? 'CalendarDate' : 'Instant'
  }
}

function categoriesOf(events: readonly Versions[]): readonly string[] {
  const schemas = events.map((versions) => latestOf(versions).schema)
  return [...new Set(schemas.flatMap((schema) => ('category' in schema ? [schema.category] : [])))].sort()
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' | ')

const field = (name: string, type: string | undefined, doc?: string) =>
  `${doc ? `  /** ${doc} */\n` : ''}  readonly ${name}: ${type}\n`

const interfaceOf = (doc: string, name: string, fields: readonly string[]) =>
  `/** ${doc} */\nexport interface ${name} {\n${fields.join('')}}\n`
