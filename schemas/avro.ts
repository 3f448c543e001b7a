import avro from 'avsc'
import { SafeLongType, type Tap } from './avro-long.ts'
import { dateOfDays, daysOfDate, instantOfMicros, microsOfInstant } from './calendar.ts'

/**
 * How Avro's types look in JavaScript: records are plain objects, a date is a CalendarDate, a timestamp an Instant,
 * bytes are Base64 (so that data is the same in memory and as JSON), a long is a safe integer, and a map is written in
 * the order of its keys, so that equal data gives equal bytes.
 */
export type AvroType = avro.Type

/** @param schema self-contained Avro schema; unions other than with null are not supported */
export function avroType(schema: unknown): AvroType {
  const named: Record<string, AvroType> = {}
  const type = avro.Type.forSchema(schema as avro.Schema, {
    registry: named,
    omitRecordMethods: true,
    assertLogicalTypes: true,
    logicalTypes: { date: DateType, 'timestamp-micros': TimestampMicrosType },
    typeHook: replacement,
  })
  for (const { recordConstructor } of Object.values(named) as { recordConstructor?: { prototype: object } }[]) {
    // avsc reads fast because it calls a constructor with every field; with this its results are plain objects.
    if (recordConstructor) recordConstructor.prototype = Object.prototype
  }
  return type
}

function replacement(schema: unknown, options: unknown): AvroType | undefined {
  if (schema === 'long') return new SafeLongType()
  if (schema === 'bytes') return new Base64Type({ type: 'bytes', logicalType: 'base64' } as avro.Schema, options)
  const isMap = typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'map'
  return isMap ? new SortedMapType(schema as avro.Schema, options) : undefined
}

const sameOnly = (name: string) => (type: AvroType) =>
  avro.Type.isType(type, `logical:${name}`) ? (value: unknown) => value : undefined

class DateType extends avro.types.LogicalType {
  override _fromValue = dateOfDays
  override _toValue = daysOfDate
  override _resolve = sameOnly('date')
}

class TimestampMicrosType extends avro.types.LogicalType {
  override _fromValue = instantOfMicros
  override _toValue = microsOfInstant
  override _resolve = sameOnly('timestamp-micros')
}

class Base64Type extends avro.types.LogicalType {
  override _fromValue(bytes: Buffer) {
    return bytes.toString('base64')
  }
  override _toValue(text: unknown) {
    const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64')
    if (bytes.toString('base64') !== text) throw new TypeError('not Base64')
    return bytes
  }
  override _resolve = sameOnly('base64')
}

const writeMap = (avro.types.MapType.prototype as unknown as { _write(tap: Tap, map: unknown): void })._write

class SortedMapType extends avro.types.MapType {
  _write(tap: Tap, map: unknown) {
    writeMap.call(this, tap, isObject(map) ? sorted(map) : map)
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** In the order of code units; keys that look like array indices come first, as JavaScript has it. */
function sorted(map: Readonly<Record<string, unknown>>): object {
  const keys = Object.keys(map)
  if (keys.includes('__proto__')) throw new TypeError('a map cannot have the key __proto__')
  if (keys.every((key, index) => index === 0 || (keys[index - 1] as string) < key)) return map
  return Object.fromEntries(keys.sort().map((key) => [key, map[key]]))
}
