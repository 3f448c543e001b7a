import { createHash, createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CannotStart, type Settings } from '@bizosaas/runtime'
import { decrypt, encrypt } from './box.ts'
import { CannotOpen } from './errors.ts'
import { vaultTransit } from './vault-transit.ts'

/** Wraps the keys of people: what is stored of them is worth nothing without it. */
export interface MasterKey {
  /** Kept beside each wrapped key, to tell by which one it was wrapped. */
  readonly id: string
  /** @param about bound to the wrapped key, so that it cannot pass for another's */
  readonly wrap: (dataKey: Buffer, about: string) => Promise<string>
  /** @throws CannotOpen */
  readonly unwrap: (wrapped: readonly Wrapped[]) => Promise<readonly Buffer[]>
}

export interface Wrapped {
  readonly text: string
  readonly about: string
}

/** @throws CannotStart when a file is missing or holds no key */
export function masterKeyFrom({
  MASTER_KEY,
  VAULT_TOKEN_FILE,
}: Settings<'MASTER_KEY' | 'VAULT_TOKEN_FILE'>): MasterKey {
  if (!MASTER_KEY.startsWith('file:'))
    return vaultTransit(MASTER_KEY, () => readSecret('VAULT_TOKEN_FILE', VAULT_TOKEN_FILE))
  return fileKey(readSecret('MASTER_KEY', fileURLToPath(MASTER_KEY)))
}

/** @param hex 32 bytes */
export function fileKey(hex: string): MasterKey {
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new CannotStart('MASTER_KEY: the file must hold 32 bytes in hexadecimal.')
  const bytes = Buffer.from(hex, 'hex')
  const key = createSecretKey(bytes)
  return {
    id: `file:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`,
    wrap: async (dataKey, about) => encrypt(key, about, dataKey).toString('base64'),
    unwrap: async (wrapped) =>
      wrapped.map(({ text, about }) => {
        try {
          return decrypt(key, about, Buffer.from(text, 'base64'))
        } catch (error) {
          throw new CannotOpen(`The master key does not open the key ${about}.`, error)
        }
      }),
  }
}

function readSecret(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CannotStart(`${setting}: ${file} cannot be read.`, { cause })
  }
}
