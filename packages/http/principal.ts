import { ClientId, TenantId } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Role, roles } from './permissions.ts'
import { Problem } from './problem.ts'

/** Who sends a request. Everything about tenancy comes from here, never from a body or a path. */
export type Principal = {
  readonly subject: string
  readonly tenantId: TenantId
  /** The one client that the principal is restricted to; null for all clients of the agency. */
  readonly clientId: ClientId | null
  readonly roles: readonly Role[]
  /** When the access token ends, in milliseconds since 1970; nothing that it opened may go on beyond. */
  readonly expiresAt: number
}

/** The claims of an access token that this system reads; others are left alone. */
export const Claims = Type.Object({
  sub: Type.String({ minLength: 1, maxLength: 255 }),
  tenant: Type.String({ format: 'uuid' }),
  client: Type.Optional(Type.String({ format: 'uuid' })),
  roles: Type.Optional(Type.Array(Type.Enum(roles), { maxItems: roles.length })),
  iss: Type.String(),
  aud: Type.Union([Type.String(), Type.Array(Type.String())]),
  exp: Type.Integer(),
  iat: Type.Integer(),
})
export type Claims = Static<typeof Claims>

const claimsSchema = Compile(Claims)

/** @throws Problem unauthenticated when a claim is missing or not of its type */
export function principalOf(claims: unknown): Principal {
  if (!claimsSchema.Check(claims)) {
    const [first] = claimsSchema.Errors(claims)
    throw unauthenticated(`The access token's claims are not as expected: ${first?.instancePath} ${first?.message}.`)
  }
  return {
    subject: claims.sub,
    tenantId: TenantId.parse(claims.tenant),
    clientId: claims.client === undefined ? null : ClientId.parse(claims.client),
    roles: claims.roles ?? [],
    expiresAt: claims.exp * 1000,
  }
}

/** 401 with the challenge of RFC 6750. */
export function unauthenticated(detail: string, tokenWasSent = true): Problem {
  const challenge = tokenWasSent ? 'Bearer realm="bizosaas", error="invalid_token"' : 'Bearer realm="bizosaas"'
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': challenge } })
}
