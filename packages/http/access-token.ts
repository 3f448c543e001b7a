import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CannotStart } from '@bizosaas/runtime'
import jwt from 'jsonwebtoken'
import type { Role } from './permissions.ts'

/** The one kind of access token: signed by ES256, and marked as what it is (RFC 9068), so that no other JWT passes for one. */
export const tokenType = 'at+jwt'
export const tokenAlgorithm = 'ES256'

/** Key id: the RFC 7638 thumbprint of a P-256 public key. */
export function keyIdOf(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

/**
 * A P-256 public key in PEM.
 *
 * @throws CannotStart when the file is missing or holds something else
 */
export function readPublicKey(file: string): KeyObject {
  let key: KeyObject
  try {
    key = createPublicKey(readFileSync(file))
  } catch (cause) {
    throw new CannotStart(`JWT_PUBLIC_KEY_FILE: ${file} cannot be read as a PEM file with a public key.`, { cause })
  }
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  throw new CannotStart(`JWT_PUBLIC_KEY_FILE: ${file} must hold a P-256 key, as ES256 needs.`)
}

export type TokenRequest = {
  readonly privateKey: KeyObject
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly tenantId: string
  readonly clientId?: string
  readonly roles: readonly Role[]
  readonly expiresInSeconds: number
}

/** Signs an access token as the identity service does. */
export function signAccessToken(request: TokenRequest): string {
  const { privateKey, issuer, audience, subject, tenantId, clientId, roles, expiresInSeconds } = request
  const claims = { tenant: tenantId, ...(clientId === undefined ? {} : { client: clientId }), roles }
  return jwt.sign(claims, privateKey, {
    algorithm: tokenAlgorithm,
    header: { alg: tokenAlgorithm, typ: tokenType, kid: keyIdOf(createPublicKey(privateKey)) },
    issuer,
    audience,
    subject,
    expiresIn: expiresInSeconds,
  })
}
