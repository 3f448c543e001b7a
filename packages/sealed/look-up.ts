import { createHmac, createSecretKey } from 'node:crypto'
import { isIP, SocketAddress } from 'node:net'

/** Which address it is, whatever case it is written in; what it says stays sealed. */
export type EmailDigest = (tenantId: string, email: string) => string

/**
 * Finds people by their e-mail without storing it: rows hold an HMAC of it. Whoever lacks the key cannot try addresses out.
 *
 * @param key in hexadecimal
 */
export function emailDigest(key: string): EmailDigest {
  const secret = createSecretKey(key, 'hex')
  return (tenantId, email) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([tenantId, foldEmail(email)]))
      .digest('hex')
}

/** One spelling for addresses that differ only in case: upper case first, so that `ß` and `SS` meet. */
export function foldEmail(email: string): string {
  return email.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}

/** Which place on the network it is, however its address is written. @returns null for what is no address */
export type OriginDigest = (address: string) => string | null

/**
 * Tells where requests came from without storing it: the same place has the same digest, and whoever knows an address can ask for it.
 *
 * @param key in hexadecimal
 */
export function originDigest(key: string): OriginDigest {
  const secret = createSecretKey(key, 'hex')
  return (address) => {
    const version = isIP(address)
    if (version === 0) return null
    const written = new SocketAddress({ address, family: version === 4 ? 'ipv4' : 'ipv6' }).address
    // Told apart from what else the key is for: an e-mail's text is an array of two.
    return createHmac('sha256', secret)
      .update(JSON.stringify(['origin', 'address', written]))
      .digest('base64url')
  }
}
