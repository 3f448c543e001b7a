import type { AvroFieldType, Definition, Schemas } from './load.ts'
import { isNullable } from './load.ts'

/**
 * The schema with every type it refers to in place of the first reference: what Avro and the schema registry take.
 * Without category, which is only for us, and unless asked for without docs, so that a corrected one changes nothing.
 */
export function selfContained(definition: Definition, named: Schemas['named'], { docs } = { docs: false }): object {
  const seen = new Set<string>()

  function define({ fullName, schema }: Definition): object {
    seen.add(fullName)
    if (schema.type === 'enum') return kept(schema)
    return { ...kept(schema), fields: schema.fields.map((field) => ({ ...kept(field), type: place(field.type) })) }
  }

  function kept(item: object): object {
    const dropped = docs ? ['category'] : ['category', 'doc']
    return Object.fromEntries(Object.entries(item).filter(([name]) => !dropped.includes(name)))
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
