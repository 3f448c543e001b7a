import { notFound, type Request } from '@bizosaas/http'
import { cursorValue } from '../cursor.ts'

/**
 * The sender, and the request as they send it about themselves: people reach themselves, whichever client their token is for.
 *
 * @throws Problem not-found for a token that is of a program
 */
export function oneself<Asked extends Pick<Request, 'principal'>>(request: Asked): readonly [string, Asked] {
  const { subject } = request.principal
  if (!cursorValue.uuid(subject)) throw notFound('The access token is of a program, not of a person.')
  return [subject, forAllClients(request)]
}

/** As whoever is restricted to no client would ask: for what is not of a client, once it is known that the sender may see it. */
export const forAllClients = <Asked extends Pick<Request, 'principal'>>(request: Asked): Asked => ({
  ...request,
  principal: { ...request.principal, clientIds: null },
})
