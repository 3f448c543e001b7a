import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import type { Permission, Role } from './permissions.ts'

/** The one kind of access token: signed by ES256, and marked as what it is (RFC 9068), so that no other JWT passes for one. */
export const tokenType = 'at+jwt'
export const tokenAlgorithm = 'ES256'

/** Key id: the RFC 7638 thumbprint of a P-256 public key. */
export function keyIdOf(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

export type TokenRequest = {
  readonly privateKey: KeyObject
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly tenantId: string
  /** Restricts it to these; without it, it is for all clients of the agency. */
  readonly clientIds?: readonly string[]
  readonly roles: readonly Role[]
  /** Of roles of the agency's own. */
  readonly permissions?: readonly Permission[]
  readonly expiresInSeconds: number
}

/** Signs an access token as the identity service does. */
export function signAccessToken(request: TokenRequest): string {
  const { privateKey, issuer, audience, subject, expiresInSeconds } = request
  const { tenantId: tenant, clientIds: clients, roles, permissions } = request
  const claims = { tenant, ...(clients && { clients }), roles, ...(permissions && { permissions }) }
  return jwt.sign(claims, privateKey, {
    algorithm: tokenAlgorithm,
    header: { alg: tokenAlgorithm, typ: tokenType, kid: keyIdOf(createPublicKey(privateKey)) },
    issuer,
    audience,
    subject,
    expiresIn: expiresInSeconds,
  })
}
