import type { Sealed } from '@bizosaas/schemas'
import { decrypt, encrypt } from './box.ts'
import { CannotOpen } from './errors.ts'
import type { DataKey, KeyStore } from './key-store.ts'

/** Seals what is said of one person, by field. @throws SubjectErased; StoreUnavailable */
export type Sealer = <Field extends string>(
  subject: string,
  texts: Readonly<Record<Field, string>>,
) => Promise<{ readonly [F in Field]: Sealed }>

export interface SealedField {
  readonly field: string
  readonly sealed: Sealed
}

/**
 * Opens many at once, in their order. Null for what nobody can open any more, because the person was erased.
 * @throws CannotOpen; StoreUnavailable
 */
export type Opener = (fields: readonly SealedField[]) => Promise<readonly (string | null)[]>

export function sealer(keys: Pick<KeyStore, 'sealingKey'>): Sealer {
  return async (subject, texts) => {
    const key = await keys.sealingKey(subject)
    const entries = Object.entries<string>(texts).map(([field, text]) => [field, sealText(key, field, text)])
    return Object.fromEntries(entries)
  }
}

export function opener(keys: Pick<KeyStore, 'openingKeys'>): Opener {
  return async (fields) => {
    const refs = fields.map(({ sealed }) => ({ subject: sealed.subject, version: sealed.keyVersion }))
    const found = await keys.openingKeys(refs)
    return fields.map((each, n) => {
      const key = found[n]
      return key ? openText(key, each) : null
    })
  }
}

export function sealText({ subject, version, key }: DataKey, field: string, text: string): Sealed {
  const bytes = encrypt(key, about(subject, version, field), Buffer.from(text))
  return { subject, keyVersion: version, bytes: bytes.toString('base64') }
}

/** @throws CannotOpen */
export function openText(key: Buffer, { field, sealed: { subject, keyVersion, bytes } }: SealedField): string {
  try {
    return decrypt(key, about(subject, keyVersion, field), Buffer.from(bytes, 'base64')).toString()
  } catch (error) {
    throw new CannotOpen(`What is sealed as ${field} of ${subject} does not open.`, error)
  }
}

/** Bound to what is sealed, so that it opens nowhere else. */
const about = (subject: string, version: number, field: string) => JSON.stringify([subject, version, field])
