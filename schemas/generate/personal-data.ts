import { type AvroField, type AvroFieldType, type Definition, isNullable } from './load.ts'

/** Fields whose names sound personal and are not, by record: names of organisations and things, and an HMAC. */
const waived: Readonly<Record<string, readonly string[]>> = {
  AdAccountRegistered: ['name'],
  CampaignCreated: ['name'],
  CampaignRenamed: ['name'],
  RoleDefined: ['name'],
  RoleRevised: ['name'],
  TenantProvisioned: ['name'],
  TenantRenamed: ['name'],
  UserEmailChanged: ['emailDigest'],
  UserInvited: ['emailDigest'],
}

/** Words of a field's name that say that it is about a person. */
const personal = new Set([
  'email',
  'mail',
  'phone',
  'mobile',
  'name',
  'names',
  'address',
  'street',
  'ip',
  'birthday',
  'born',
])

/** A name as its words: `emailAddress` is `email` and `address`. */
const wordsOf = (name: string) => name.split(/(?=[A-Z])|\d+|_/).map((word) => word.toLowerCase())

/**
 * Events are kept for ever, so personal data stands in them only sealed.
 * @returns each field that sounds personal and is not, and each waiver that fits no field, as a sentence
 */
export function unsealed(definitions: readonly Definition[], waivers = waived): readonly string[] {
  const suspicious = definitions.flatMap(({ file, name, schema }) =>
    schema.type === 'enum'
      ? []
      : schema.fields.filter(soundsPersonal).map((field) => ({ file, name, field: field.name })),
  )
  const isWaived = ({ name, field }: (typeof suspicious)[number]) => waivers[name]?.includes(field)
  const isThere = (record: string) => definitions.some(({ name }) => name === record)
  const unused = Object.entries(waivers).flatMap(([name, fields]) =>
    fields
      .filter((field) => isThere(name) && !suspicious.some((each) => each.name === name && each.field === field))
      .map((field) => `personal-data.ts waives ${name}.${field}, which needs no waiver.`),
  )
  const sentences = suspicious
    .filter((each) => !isWaived(each))
    .map(
      ({ file, field }) =>
        `schemas/${file} ${field}: personal data must be bizosaas.common.v1.Sealed; if it is none, say so in personal-data.ts.`,
    )
  return [...sentences, ...unused]
}

function soundsPersonal({ name, type }: AvroField): boolean {
  return wordsOf(name).some((word) => personal.has(word)) && !isSealed(type)
}

function isSealed(type: AvroFieldType): boolean {
  if (typeof type === 'string') return /^bizosaas\.common\.v\d+\.Sealed$/.test(type)
  if (isNullable(type)) return isSealed(type[1])
  if ('items' in type) return isSealed(type.items)
  return 'values' in type && isSealed(type.values)
}
