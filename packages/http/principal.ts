import { ClientId, TenantId } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { grantable, type Permission, type Role, roles } from './permissions.ts'
import { Problem } from './problem.ts'

/** Who sends a request. Everything about tenancy comes from here, never from a body or a path. */
export type Principal = {
  readonly subject: string
  readonly tenantId: TenantId
  /** The clients that the principal is restricted to; null for all clients of the agency. */
  readonly clientIds: readonly ClientId[] | null
  readonly roles: readonly Role[]
  /** What roles of the agency's own carry beside them. */
  readonly permissions: readonly Permission[]
  /** When the access token ends, in milliseconds since 1970; nothing that it opened may go on beyond. */
  readonly expiresAt: number
}

/** As many as fit the head of a request, which Node takes up to 16 KiB of. */
export const mostClients = 200

/** The claims of an access token that this system reads; others are left alone. */
export const Claims = Type.Object({
  sub: Type.String({ minLength: 1, maxLength: 255 }),
  tenant: Type.String({ format: 'uuid' }),
  clients: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: mostClients })),
  // What tokens once said instead of `clients`: whoever says it is restricted to something, and must not pass for one that is not.
  client: Type.Optional(Type.Never()),
  roles: Type.Optional(Type.Array(Type.Enum(roles), { maxItems: roles.length })),
  permissions: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200 })),
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
    clientIds: claims.clients === undefined ? null : claims.clients.map(ClientId.parse),
    roles: claims.roles ?? [],
    // What the table does not know, or no role of an agency can hold, is nobody's.
    permissions: grantable.filter((permission) => claims.permissions?.includes(permission)),
    expiresAt: claims.exp * 1000,
  }
}

/** 401 with the challenge of RFC 6750. */
export function unauthenticated(detail: string, tokenWasSent = true): Problem {
  const challenge = tokenWasSent ? 'Bearer realm="bizosaas", error="invalid_token"' : 'Bearer realm="bizosaas"'
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': challenge } })
}
