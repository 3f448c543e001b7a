import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CannotStart } from '@bizosaas/runtime'
import { keyIdOf } from './access-token.ts'

/** A key that access tokens are signed with. */
export type SigningKey = { readonly keyId: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject }

/**
 * The keys of a folder of PEM files, which are named by their date: the last by name signs, all verify. A key that is put
 * there is used, one that is taken away is retired.
 *
 * @returns the one that signs first
 * @throws CannotStart when there is none, or a file holds something else
 */
export function readSigningKeys(folder: string): readonly [SigningKey, ...SigningKey[]] {
  const [first, ...others] = filesOf(folder).map((name) => readKey(join(folder, name)))
  if (first === undefined) throw new CannotStart(`SIGNING_KEYS_DIR: ${folder} holds no file that ends in .pem.`)
  return [first, ...others]
}

function filesOf(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.pem'))
    return names.sort().reverse()
  } catch (cause) {
    throw new CannotStart(`SIGNING_KEYS_DIR: there is no folder ${folder}.`, { cause })
  }
}

function readKey(file: string): SigningKey {
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey(readFileSync(file))
  } catch (cause) {
    throw new CannotStart(`SIGNING_KEYS_DIR: ${file} cannot be read as a PEM file with a private key.`, { cause })
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new CannotStart(`SIGNING_KEYS_DIR: ${file} must hold a P-256 key, as ES256 needs.`)
  const publicKey = createPublicKey(privateKey)
  return { keyId: keyIdOf(publicKey), privateKey, publicKey }
}
