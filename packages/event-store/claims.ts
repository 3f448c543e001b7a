import { createHmac, createSecretKey } from 'node:crypto'
import { streamName, type TenantId } from '@bizosaas/schemas'

/**
 * A value that only one aggregate of a tenant may hold. The claim is a stream of its own, `claim-<tenant>.<kind>:<hmac>`,
 * where it is taken, and released again, in the same append as the fact that does so: either both happen or none.
 */
export interface Claim {
  readonly kind: string
  readonly stream: string
}

export type Claimer = (tenantId: TenantId, kind: string, value: readonly string[]) => Claim

/**
 * Makes claims. The value is in the stream's name only as an HMAC-SHA256, since stream names must hold no personal data
 * and cannot be erased; whoever lacks the key cannot try values out.
 *
 * @param key in hexadecimal; with another one, values already taken would look free
 */
export function claimer(key: string): Claimer {
  const secret = createSecretKey(key, 'hex')
  return (tenantId, kind, value) => {
    const digest = createHmac('sha256', secret).update(JSON.stringify(value)).digest('hex')
    return { kind, stream: streamName('claim', tenantId, `${kind}:${digest}`) }
  }
}

/** A claim whose HMAC stands in an event: of a value that was taken before. */
export const claimOf = (tenantId: TenantId, kind: string, digest: string): Claim => ({
  kind,
  stream: streamName('claim', tenantId, `${kind}:${digest}`),
})

/** The HMAC by which a claim goes. */
export const digestOf = ({ stream, kind }: Claim): string => stream.slice(stream.indexOf(`.${kind}:`) + kind.length + 2)
