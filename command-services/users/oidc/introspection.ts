/**
 * Introspection (RFC 7662) of access tokens. oidc-provider keeps none of them, since they are verified by their signature, and tells
 * nothing of them. Here one is verified as every service does it, and whom it is of must still be there.
 */
import { authentication, Problem } from '@bizosaas/http'
import type { TenantId } from '@bizosaas/schemas'
import type { People } from '../people.ts'
import { applicationOf, claimsOfPerson, findApplication } from './identity.ts'
import type { Keys } from './key-ring.ts'

interface Means {
  readonly issuer: string
  readonly audience: string
  readonly people: People
}

/** What is told of an active token; null of what is none, or not of this agency. */
export type Introspect = (token: string, tenantId: TenantId) => Promise<Readonly<Record<string, unknown>> | null>

export function introspection({ issuer, audience, people }: Means, keys: Keys): Introspect {
  const known = new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKey]))
  const authenticate = authentication({ issuer, audience, keyOf: async (keyId) => known.get(keyId) ?? null })

  /** Whom it is of: a person, or a program that acts for itself. */
  const isThere = async (tenantId: TenantId, subject: string, clientId: string): Promise<boolean> => {
    const application = applicationOf(clientId)
    if (application === null || (await findApplication(people, clientId)) === null) return false
    return application.applicationId === subject || (await claimsOfPerson(people, tenantId, subject)) !== null
  }

  return async (token, tenantId) => {
    const principal = await authenticate({ headers: { authorization: `Bearer ${token}` } }).catch((error) => {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    })
    if (principal === null || principal.tenantId !== tenantId) return null
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    if (!(await isThere(tenantId, principal.subject, String(claims.client_id)))) return null
    return { active: true, token_type: 'Bearer', ...claims }
  }
}
