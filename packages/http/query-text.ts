import type { TObject } from 'typebox'
import { type Misfit, pointerStep } from './validate.ts'

/**
 * Query parameters are text; their schemas say what they mean: whole numbers, numbers, true or false, and lists with
 * commas between. What cannot be converted is left as it is, for the schema to refuse.
 *
 * @returns the values, and the parameters that came twice, which only lists may
 */
export function readQuery(schema: TObject, text: string): { values: Record<string, unknown>; repeated: Misfit[] } {
  const values: Record<string, unknown> = Object.create(null)
  const repeated: Misfit[] = []
  for (const [name, written] of new URLSearchParams(text)) {
    const property: object = Object.hasOwn(schema.properties, name) ? Object(schema.properties[name]) : {}
    const isList = 'type' in property && property.type === 'array'
    const value = isList ? list(property, written) : convert(property, written)
    const before = values[name]
    if (before === undefined) values[name] = value
    else if (isList && Array.isArray(before) && Array.isArray(value)) before.push(...value)
    else repeated.push({ in: 'query', pointer: `/${pointerStep(name)}`, detail: 'is given twice' })
  }
  return { values, repeated }
}

const list = (schema: object, written: string): unknown[] => {
  const items: object = 'items' in schema ? Object(schema.items) : {}
  return written.split(',').map((item) => convert(items, item))
}

function convert(schema: object, written: string): unknown {
  switch ('type' in schema && schema.type) {
    case 'integer':
      return /^-?\d{1,16}$/.test(written) && Number.isSafeInteger(Number(written)) ? Number(written) : written
    case 'number':
      return /^-?\d{1,16}(\.\d{1,16})?$/.test(written) ? Number(written) : written
    case 'boolean':
      return written === 'true' ? true : written === 'false' ? false : written
    default:
      return written
  }
}
