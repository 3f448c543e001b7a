/** Who people and applications are to the OpenID Connect server, read from their streams whenever a token is issued. */
import { createHmac } from 'node:crypto'
import type { Permission } from '@bizosaas/http'
import { streamName, TenantId } from '@bizosaas/schemas'
import type { ClientMetadata } from 'oidc-provider'
import type { People } from '../people.ts'
import { permissionsOf } from '../rights.ts'

/** What an access token says beside who it is of; see `packages/http/principal.ts`. */
export type TokenClaims = {
  readonly tenant: TenantId
  readonly roles: readonly string[]
  readonly permissions?: readonly Permission[]
  readonly clients?: readonly string[]
}

export interface ApplicationId {
  readonly tenantId: TenantId
  readonly applicationId: string
}

/** What OAuth calls a client id: an application belongs to one agency, and signs people of that agency in. */
export const clientIdOf = ({ tenantId, applicationId }: ApplicationId): string => `${tenantId}.${applicationId}`

export function applicationOf(clientId: string): ApplicationId | null {
  const [, tenant, applicationId] = /^([0-9a-f-]{36})\.([0-9a-f-]{36})$/.exec(clientId) ?? []
  if (tenant === undefined || applicationId === undefined) return null
  try {
    return { tenantId: TenantId.parse(tenant), applicationId }
  } catch {
    return null
  }
}

/** Follows from the application, so that it is stored nowhere. */
export const applicationSecretOf = ({ key }: Pick<People, 'key'>, id: ApplicationId, version: number): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['application', clientIdOf(id), version]))
    .digest('base64url')

export async function findApplication(people: People, clientId: string) {
  const id = applicationOf(clientId)
  if (id === null) return null
  const [{ state }, closed] = await Promise.all([
    people.applications.refresh(streamName('application', id.tenantId, id.applicationId)),
    isClosed(people, id.tenantId),
  ])
  return state === null || state.isRetired || closed ? null : state
}

/** An application as oidc-provider knows clients. */
export async function clientMetadata(people: People, clientId: string): Promise<ClientMetadata | undefined> {
  const [id, found] = [applicationOf(clientId), await findApplication(people, clientId)]
  if (id === null || found === null) return undefined
  const { title, redirectUris, roles, hasSecret, secretVersion } = found
  const forPeople = redirectUris.length > 0
  return {
    client_id: clientId,
    client_name: title,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...redirectUris],
    response_types: forPeople ? ['code'] : [],
    grant_types: [
      ...(forPeople ? ['authorization_code', 'refresh_token'] : []),
      ...(roles.length > 0 ? ['client_credentials'] : []),
    ],
    ...(hasSecret
      ? {
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: applicationSecretOf(people, id, secretVersion),
        }
      : { token_endpoint_auth_method: 'none' }),
  }
}

/** What an application may do for itself. */
export async function claimsOfApplication(people: People, clientId: string): Promise<TokenClaims | null> {
  const [id, found] = [applicationOf(clientId), await findApplication(people, clientId)]
  if (id === null || found === null) return null
  return { tenant: id.tenantId, roles: found.roles, ...(found.clients && { clients: found.clients }) }
}

/** What a person may do now; null for whoever may not be here (any more). */
export async function claimsOfPerson(people: People, tenantId: TenantId, userId: string): Promise<TokenClaims | null> {
  const [{ state: person }, { state: member }, closed] = await Promise.all([
    people.users.refresh(streamName('user', tenantId, userId)),
    people.memberships.refresh(streamName('membership', tenantId, userId)),
    isClosed(people, tenantId),
  ])
  if (person.state !== 'active' || member === null || member.isRevoked || closed) return null
  const permissions = await permissionsOf(people, tenantId, member.customRoles)
  return {
    tenant: tenantId,
    roles: member.roles,
    ...(permissions.length > 0 && { permissions }),
    ...(member.clients && { clients: member.clients }),
  }
}

/** Whether nobody of the agency may come in for the time being. */
async function isClosed({ tenants }: People, tenantId: TenantId): Promise<boolean> {
  const { state } = await tenants.refresh(streamName('tenant', tenantId, tenantId))
  return state.state === 'suspended' || state.state === 'offboarding'
}
