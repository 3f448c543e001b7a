/** Who is signed in with a browser. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type TenantId, UserId } from '@bizosaas/schemas'
import type { Provider } from 'oidc-provider'
import { applicationOf } from './identity.ts'

export interface SignedInBrowser {
  /** Of the browser's session, until somebody else signs in. */
  readonly uid: string
  readonly userId: UserId
  readonly tenantId: TenantId
}

export async function signedInWith(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<SignedInBrowser | null> {
  const { uid, accountId, authorizations } = await provider.Session.get(
    provider.createContext(request, response) as never,
  )
  const tenantId = applicationOf(Object.keys(authorizations ?? {})[0] ?? '')?.tenantId
  return accountId === undefined || tenantId === undefined ? null : { uid, userId: UserId.parse(accountId), tenantId }
}
