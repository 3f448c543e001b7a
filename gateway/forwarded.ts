import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { TLSSocket } from 'node:tls'
import { CannotStart } from '@bizosaas/runtime'
import type { OriginDigest } from '@bizosaas/sealed'

/** Proxies whose word about the client is taken: `10.0.0.0/8`, `192.0.2.7`. @throws CannotStart */
export function trustedProxies(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges.filter((each) => each !== 'none')) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address)
    const most = family === 4 ? 32 : 128
    const prefix = bits === undefined ? most : Number(bits)
    if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most)
      throw new CannotStart(`GATEWAY_TRUSTED_PROXIES: ${range} is no address and no range such as 10.0.0.0/8.`)
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

export const isTrusted = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** What is known of the connection that a request came on; strangers cannot make it up. */
export type Origin = { readonly address: string; readonly headers: Readonly<Record<string, string>> }

/**
 * Where a request came from: the last address in the chain that no trusted proxy vouches for. What others say in these
 * headers is replaced.
 */
export function originOf(request: IncomingMessage, trusted: BlockList, digest: OriginDigest): Origin {
  const peer = withoutMapping(request.socket.remoteAddress ?? '')
  const said = isTrusted(trusted, peer)
    ? one(request.headers['x-forwarded-for'])
        .split(',')
        .map((each) => withoutMapping(each.trim()))
        .filter((each) => isIP(each) !== 0)
    : []
  const chain = [...said, peer]
  const address = chain.findLast((each) => !isTrusted(trusted, each)) ?? chain[0] ?? peer
  const isVouchedFor = isTrusted(trusted, peer)
  const say = (name: string, own: string) => (isVouchedFor && one(request.headers[name])) || own
  const headers = {
    // From there on: what stands before it was said by the sender.
    'x-forwarded-for': chain.slice(chain.lastIndexOf(address)).join(', '),
    'x-forwarded-proto': say('x-forwarded-proto', request.socket instanceof TLSSocket ? 'https' : 'http'),
    'x-forwarded-host': say('x-forwarded-host', request.headers.host ?? ''),
    // What services keep with the events: not the address, which is personal.
    'x-request-origin': digest(address) ?? '',
  }
  return { address, headers }
}

/** An IPv4 address that came in over an IPv6 socket. */
const withoutMapping = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')

const one = (header: string | string[] | undefined) => (typeof header === 'string' ? header : '')
