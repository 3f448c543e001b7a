import { hash } from 'node:crypto'

/** Name-based UUID, RFC 9562 section 5.5; JSON keeps the parts of the name apart. */
export function nameBasedUuid(namespace: Uint8Array, name: readonly unknown[]): string {
  const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(JSON.stringify(name))]), 'buffer')
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
