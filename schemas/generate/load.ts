/** Reads the .avsc files and refuses, by file name, what the codecs and generated types do not support. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export type AvroField = {
  readonly name: string
  readonly type: AvroFieldType
  readonly doc?: string
  readonly default?: unknown
}
export type AvroFieldType =
  | string
  | { readonly type: string; readonly logicalType?: string }
  | { readonly type: 'array'; readonly items: AvroFieldType }
  | { readonly type: 'map'; readonly values: AvroFieldType }
  | readonly ['null', AvroFieldType]

export type AvroRecord = {
  readonly type: 'record'
  readonly name: string
  readonly namespace: string
  readonly doc: string
  /** Of the streams that hold the event: our own attribute, which Avro allows and ignores. */
  readonly category?: string
  readonly fields: readonly AvroField[]
}
export type AvroEnum = {
  readonly type: 'enum'
  readonly name: string
  readonly namespace: string
  readonly doc: string
  readonly symbols: readonly string[]
}

export type Definition = {
  readonly file: string
  readonly folder: string
  readonly name: string
  readonly version: number
  readonly fullName: string
  readonly schema: AvroRecord | AvroEnum
}

/** One record or enum in all its versions, oldest first. */
export type Versions = readonly [Definition, ...Definition[]]

export type Schemas = {
  /** What other schemas refer to (folder common). */
  readonly shared: readonly Versions[]
  readonly events: readonly Versions[]
  readonly metadata: Versions
  /** By full Avro name; what a schema may refer to. */
  readonly named: ReadonlyMap<string, Definition>
}

const fileName = /^([A-Z][A-Za-z]*)(?:\.v([2-9]|[1-9]\d+))?\.avsc$/

/** @throws Error that names the file and says what to do */
export function loadSchemas(root: string): Schemas {
  const definitions = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .flatMap(({ name }) => readFolder(root, name))
  const shared = byVersion(definitions.filter(({ folder }) => folder === 'common'))
  const records = byVersion(definitions.filter(({ folder }) => folder !== 'common'))
  const metadata = records.find(isMetadata)
  if (!metadata) throw new Error('schemas/system/Metadata.avsc is missing.')

  const named = new Map<string, Definition>()
  for (const definition of shared.flat()) {
    const other = named.get(definition.fullName)
    if (other) fail(definition, `has the name of ${other.file}; a new version of a shared type has a new namespace`)
    named.set(definition.fullName, definition)
  }
  for (const definition of definitions) checkReferences(definition, named)
  return { shared, events: records.filter((versions) => !isMetadata(versions)), metadata, named }
}

export const latestOf = (versions: Versions): Definition => versions[versions.length - 1] as Definition

const isMetadata = ([{ folder, name }]: Versions) => folder === 'system' && name === 'Metadata'

function readFolder(root: string, folder: string): Definition[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .map((file) => readDefinition(root, folder, file))
}

function readDefinition(root: string, folder: string, file: string): Definition {
  const path = `${folder}/${file}`
  const [, name, version] = fileName.exec(basename(file)) ?? []
  if (!name) throw new Error(`schemas/${path} must be named like CampaignCreated.avsc or CampaignCreated.v2.avsc.`)
  let schema: AvroRecord | AvroEnum
  try {
    schema = JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch (error) {
    throw new Error(`schemas/${path} is no JSON: ${(error as Error).message}`)
  }
  const fullName = `${schema.namespace}.${schema.name}`
  const definition = { file: path, folder, name, version: Number(version ?? 1), fullName, schema }
  checkDefinition(definition)
  return definition
}

function checkDefinition(definition: Definition) {
  const { folder, name, schema } = definition
  if (schema.name !== name) fail(definition, `must define ${name}, not ${schema.name}`)
  if (!new RegExp(`^bizosaas\\.${folder}\\.v[1-9]\\d*$`).test(schema.namespace)) {
    fail(definition, `must have the namespace bizosaas.${folder}.v<major>`)
  }
  if (!schema.doc) fail(definition, 'needs a doc that says what happened')
  if (folder !== 'common' && schema.type !== 'record') fail(definition, 'must be a record')
  if (folder !== 'common' && folder !== 'system' && !(schema as AvroRecord).category) {
    fail(definition, 'needs a category: that of the streams that hold the event')
  }
}

/** Groups by name; versions must count from 1 without a gap. */
function byVersion(definitions: readonly Definition[]): Versions[] {
  const groups = Object.values(Object.groupBy(definitions, ({ name }) => name)) as unknown as Versions[]
  for (const versions of groups) {
    ;(versions as unknown as Definition[]).sort((a, b) => a.version - b.version)
    versions.forEach((definition, index) => {
      const [first] = versions
      if (definition.folder !== first.folder) fail(definition, `has the name of ${first.file}; names are unique`)
      if (definition.version !== index + 1)
        fail(definition, `comes after version ${index}: call it version ${index + 1}`)
    })
  }
  return groups.sort(([a], [b]) => (a.file < b.file ? -1 : 1))
}

const primitives = new Set(['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const logicalTypes = new Set(['int date', 'long timestamp-micros'])

function checkReferences(definition: Definition, named: ReadonlyMap<string, Definition>) {
  if (definition.schema.type === 'enum') return
  for (const { name, type } of definition.schema.fields) check(type, name)

  function check(type: AvroFieldType, field: string): void {
    if (typeof type === 'string') {
      if (!primitives.has(type) && !named.has(type)) fail(definition, `${field}: there is no type ${type} in common/`)
    } else if (isNullable(type)) {
      if (type.length !== 2 || type[0] !== 'null') fail(definition, `${field}: a union is ["null", <one type>]`)
      check(type[1], field)
    } else if ('items' in type) {
      check(type.items, field)
    } else if ('values' in type) {
      check(type.values, field)
    } else if (!type.logicalType || !logicalTypes.has(`${type.type} ${type.logicalType}`)) {
      fail(definition, `${field}: ${JSON.stringify(type)} is not supported; a record or enum goes to a file in common/`)
    }
  }
}

export const isNullable = (type: AvroFieldType): type is readonly ['null', AvroFieldType] => Array.isArray(type)

function fail({ file }: Definition, what: string): never {
  throw new Error(`schemas/${file} ${what}.`)
}
