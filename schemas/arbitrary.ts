/** For tests: any data that a schema allows, derived from the schema itself. */
import fc, { type Arbitrary } from 'fast-check'
import { dateOfDays, earliestInstant, instantOfMicros, latestInstant } from './calendar.ts'
import type { EventType } from './events.ts'
import { eventSchemas } from './generated/schemas.ts'
import type { EventData } from './generated/types.ts'

export function arbitraryOf<T extends EventType>(type: T): Arbitrary<EventData[T]> {
  const { versions } = eventSchemas[type]
  return arbitraryOfSchema(versions[versions.length - 1]) as Arbitrary<EventData[T]>
}

/** @param schema self-contained Avro schema */
export function arbitraryOfSchema(schema: unknown): Arbitrary<unknown> {
  const named = new Map<string, Arbitrary<unknown>>()
  return of(schema as Schema, '')

  function of(schema: Schema, namespace: string): Arbitrary<unknown> {
    if (typeof schema === 'string') return primitives[schema] ?? (named.get(schema) as Arbitrary<unknown>)
    if (isUnion(schema)) return fc.oneof(...schema.map((branch) => of(branch, namespace)))
    const { type, logicalType, name, namespace: own = namespace } = schema
    if (logicalType !== undefined) return logical[logicalType] as Arbitrary<unknown>
    if (type === 'array') return fc.array(of(schema.items, own), { maxLength: 5 })
    if (type === 'map') return fc.dictionary(mapKey, of(schema.values, own), { noNullPrototype: true })
    if (type !== 'record' && type !== 'enum') return of(type, own)
    const defined = type === 'enum' ? fc.constantFrom(...schema.symbols) : record(schema.fields, own)
    named.set(`${own}.${name}`, defined)
    return defined
  }

  function record(fields: readonly Field[], namespace: string) {
    const entries = fields.map(({ name, type }) => [name, of(type, namespace)] as const)
    return fc.record(Object.fromEntries(entries), { noNullPrototype: true })
  }
}

type Field = { readonly name: string; readonly type: Schema }
type Schema =
  | string
  | readonly Schema[]
  | {
      readonly type: string
      readonly logicalType?: string
      readonly name: string
      readonly namespace?: string
      readonly fields: readonly Field[]
      readonly symbols: readonly string[]
      readonly items: Schema
      readonly values: Schema
    }

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema)

const text = fc.string({ unit: 'binary' })
const mapKey = text.filter((key) => key !== '__proto__')

const primitives: Readonly<Record<string, Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  long: fc.maxSafeInteger(),
  double: fc.double({ noNaN: true }),
  string: text,
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
}

const logical: Readonly<Record<string, Arbitrary<unknown>>> = {
  date: fc.integer({ min: -719_528, max: 2_932_896 }).map(dateOfDays),
  'timestamp-micros': fc.integer({ min: earliestInstant, max: latestInstant }).map(instantOfMicros),
}
