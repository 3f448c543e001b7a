import type { AvroFieldType, Definition, Schemas } from './load.ts'
import { isNullable } from './load.ts'

/**
 * The schema with every type it refers to in place of the first reference: what Avro and the schema registry take.
 * Without what is for readers only (doc) and for us only (category), so that a corrected comment changes nothing.
 */
export function selfContained(definition: Definition, named: Schemas['named']): unknown {
  const seen = new Set<string>()

  function define({ fullName, schema }: Definition): unknown {
    seen.add(fullName)
    const { doc: _doc, ...rest } = schema
    if (rest.type === 'enum') return rest
    const { category: _category, ...record } = rest
    return {
      ...record,
      fields: record.fields.map(({ doc: _doc, ...field }) => ({ ...field, type: place(field.type) })),
    }
  }

  function place(type: AvroFieldType): unknown {
    if (typeof type === 'string') {
      const reference = named.get(type)
      return reference && !seen.has(type) ? define(reference) : type
    }
    if (isNullable(type)) return type.map(place)
    if ('items' in type) return { ...type, items: place(type.items) }
    if ('values' in type) return { ...type, values: place(type.values) }
    return type
  }

  return define(definition)
}
