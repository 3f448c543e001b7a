/**
 * A mapping file says how the columns of a CSV become rows of figures. It is JSON; see mappings/ for two of them.
 *
 *   "adId": "ad_id"                                   taken from the column ad_id
 *   "adId": { "value": "42" }                         the same for every row
 *   "spend": { "column": "Spent", "digits": 2 }       rounded half up to 2 decimals: 1.429999948 is 1.43
 */
import { readdir, readFile } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const Text = Type.String({ minLength: 1 })
const Source = Type.Union([Text, Type.Object({ value: Text }, { additionalProperties: false })])
const Decimal = Type.Union([
  Text,
  Type.Object({ value: Text }, { additionalProperties: false }),
  Type.Object({ column: Text, digits: Type.Integer({ minimum: 0, maximum: 6 }) }, { additionalProperties: false }),
])

export const MappingFile = Type.Object(
  {
    about: Type.Optional(Type.String()),
    delimiter: Type.String({ minLength: 1, maxLength: 1 }),
    decimalMark: Type.Union([Type.Literal('.'), Type.Literal(',')]),
    date: Type.Object({ column: Text, format: Text }, { additionalProperties: false }),
    platformCampaignId: Source,
    adSetId: Type.Optional(Source),
    adId: Type.Optional(Source),
    breakdown: Type.Optional(Type.Record(Type.String(), Source)),
    attributionWindow: Type.Optional(Source),
    impressions: Source,
    clicks: Source,
    spend: Decimal,
    conversions: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ count: Decimal, value: Type.Optional(Decimal) }, { additionalProperties: false }),
      ),
    ),
  },
  { additionalProperties: false },
)
export type Mapping = Static<typeof MappingFile>
export type Source = Static<typeof Source>
export type DecimalSource = Static<typeof Decimal>

const mappingFile = Compile(MappingFile)

/** @throws Error naming the field at fault and what it should be */
export function parseMapping(text: string, name: string): Mapping {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`The mapping ${name} is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (mappingFile.Check(value)) return value
  const errors = mappingFile.Errors(value)
  const unknown = errors.find(({ keyword }) => keyword === 'boolean')
  const fault = unknown ?? errors[0]
  const field = fault?.instancePath.slice(1).replaceAll('/', '.') || 'the file'
  throw new Error(`The mapping ${name}: ${field} ${unknown ? 'is not a known field' : fault?.message}`)
}

/** Reads a mapping by the name of one in mappings/, or by the path of a file. */
export async function readMapping(nameOrPath: string): Promise<Mapping> {
  const shipped = /^[a-z0-9-]+$/.test(nameOrPath)
  const path = shipped ? new URL(`${nameOrPath}.json`, shippedFolder) : nameOrPath
  const text = await readFile(path, 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `There is no mapping ${nameOrPath}: give the path of a mapping file (with its ending), or one of ${await shippedMappings()}`
        : `The mapping ${nameOrPath} cannot be read: ${error.message}`,
    )
  })
  return parseMapping(text, nameOrPath)
}

const shippedFolder = new URL('mappings/', import.meta.url)

/** The names of the mappings that come with the command. */
export async function shippedMappings(): Promise<string> {
  const files = await readdir(shippedFolder)
  return files.map((file) => file.replace(/\.json$/, '')).join(', ')
}

/** The columns that a mapping reads, in the order of the fields. */
export function columnsOf(mapping: Mapping): string[] {
  const { date, breakdown = {}, conversions = {} } = mapping
  const sources: (Source | DecimalSource | undefined)[] = [
    mapping.platformCampaignId,
    mapping.adSetId,
    mapping.adId,
    ...Object.values(breakdown),
    mapping.attributionWindow,
    mapping.impressions,
    mapping.clicks,
    mapping.spend,
    ...Object.values(conversions).flatMap(({ count, value }) => [count, value]),
  ]
  const columns = sources.map(columnOf).filter((column) => column !== null)
  return [...new Set([date.column, ...columns])]
}

/** The column that a field is taken from; null when it is a constant or absent. */
export function columnOf(source: Source | DecimalSource | undefined): string | null {
  if (typeof source === 'string') return source
  return source !== undefined && 'column' in source ? source.column : null
}
