import type { AvroFieldType, Definition, Schemas } from './load.ts'
import { isNullable } from './load.ts'

/** What a field of that name usually holds; any other text is the field's own name. */
const texts: Readonly<Record<string, string>> = {
  adAccountId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e01',
  campaignId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e02',
  clientId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e03',
  tenantId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e04',
  userId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e05',
  roleId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e06',
  invitationId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e07',
  agencyId: '01989a3c-6f00-7cc1-9d6e-2b1f0c4d5e08',
  currency: 'USD',
  timeZone: 'Europe/Berlin',
}

/** One plausible value, the same each time, with every field filled in: what golden events are made of. */
export function sampleOf({ schema }: Definition, named: Schemas['named']): unknown {
  if (schema.type === 'enum') return schema.symbols[0]
  return Object.fromEntries(schema.fields.map(({ name, type }) => [name, sample(type, name)]))

  function sample(type: AvroFieldType, field: string): unknown {
    if (typeof type === 'string') {
      const reference = named.get(type)
      return reference ? sampleOf(reference, named) : primitive(type, field)
    }
    if (isNullable(type)) return sample(type[1], field)
    if ('items' in type) return [sample(type.items, field)]
    if ('values' in type) return { age: sample(type.values, field), gender: sample(type.values, field) }
    return type.logicalType === 'date' ? '2026-01-31' : '2026-01-31T23:59:59.123456Z'
  }
}

function primitive(type: string, field: string): unknown {
  if (type === 'string') return texts[field] ?? field
  if (type === 'bytes') return 'AAH/'
  if (type === 'boolean') return true
  return type === 'float' || type === 'double' ? 0.5 : 42_000_000
}
