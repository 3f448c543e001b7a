import { hash } from 'node:crypto'

/** Of every id that is derived here. Fixed for ever: with another one, repeats would become new commands. */
const namespace = Buffer.from('b1205aa5c0de4e5d8a7c3f6d2e9b4a10', 'hex')

/**
 * The id of a command: the same request of the same principal with the same idempotency key is the same command.
 *
 * @param route method and path as requested, so that a key means another command on another resource
 */
export function commandIdOf(tenantId: string, principal: string, route: string, idempotencyKey: string): string {
  return uuidV5([tenantId, principal, route, idempotencyKey])
}

/** An id that follows from a command: of an event of it, of the aggregate it creates, of a command within it. */
export function derivedId(commandId: string, n: number | string): string {
  return uuidV5([commandId, n])
}

/** Name-based UUID, RFC 9562 section 5.5; JSON keeps the parts of the name apart. */
function uuidV5(name: readonly unknown[]): string {
  const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(JSON.stringify(name))]), 'buffer')
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
