/** Shapes of what is said about people. Descriptions continue the sentence "… must be …". */
import { mostClients, Uuid } from '@bizosaas/http'
import { Type } from 'typebox'
import { Format } from 'typebox/format'
import { presets } from './membership.ts'

export const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f\\u007f-\\u009f]+@[^\\s@\\u0000-\\u001f\\u007f-\\u009f]+$',
  description: 'an e-mail address of at most 254 characters',
})

/** Long enough to be worth its hash; what is in it is nobody's business. */
export const Password = Type.String({
  minLength: 12,
  maxLength: 200,
  description: 'a password of 12 to 200 characters',
})

export const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'a one-time code of six digits, or a recovery code',
})

export const Phone = Type.String({
  maxLength: 40,
  pattern: '^\\+?[0-9][0-9 ()./-]*$',
  description: 'a telephone number of digits, spaces and ( ) . / -, with + in front where it is international',
})

Format.Set('locale', (tag) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
})
export const Locale = Type.String({
  maxLength: 35,
  format: 'locale',
  description: 'a BCP 47 language tag such as de-CH',
})

export const Roles = Type.Array(Type.Enum(presets), { maxItems: presets.length })
export const CustomRoles = Type.Array(Uuid, { maxItems: 20, description: 'ids of roles of the agency' })
export const Clients = Type.Array(Uuid, {
  minItems: 1,
  maxItems: mostClients,
  description: 'ids of clients; left out or null for all of the agency',
})
