import { nameBasedUuid } from '@bizosaas/schemas'

/** Of every id that is derived here. Fixed for ever: with another one, repeats would become new commands. */
const namespace = Buffer.from('b1205aa5c0de4e5d8a7c3f6d2e9b4a10', 'hex')

/**
 * The id of a command: the same request of the same principal with the same idempotency key is the same command.
 *
 * @param route method and path as requested, so that a key means another command on another resource
 */
export function commandIdOf(tenantId: string, principal: string, route: string, idempotencyKey: string): string {
  return nameBasedUuid(namespace, [tenantId, principal, route, idempotencyKey])
}

/** An id that follows from a command: of an event of it, of the aggregate it creates, of a command within it. */
export function derivedId(commandId: string, n: number | string): string {
  return nameBasedUuid(namespace, [commandId, n])
}
