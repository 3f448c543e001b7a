/** That somebody passed the first step of a sign-in, as the form of the second one says it: for that sign-in, and for minutes. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { People } from '../people.ts'

const validForMs = 5 * 60_000

interface Passed {
  readonly userId: string
  /** As RFC 8176 calls it; and from which issuer, where it was an outside one. */
  readonly how: readonly string[]
}

export function passedToken({ key }: Pick<People, 'key'>, uid: string, { userId, how }: Passed, now = Date.now()) {
  const said = `${userId}.${Buffer.from(how.join(' ')).toString('base64url')}.${now + validForMs}`
  return `${said}.${signature(key, uid, said)}`
}

/** Null where it is forged, of another sign-in, or too old. */
export function passedIn({ key }: Pick<People, 'key'>, uid: string, token: string, now = Date.now()): Passed | null {
  const cut = token.lastIndexOf('.')
  const said = token.slice(0, Math.max(cut, 0))
  const [right, given] = [signature(key, uid, said), token.slice(cut + 1)].map((text) => Buffer.from(text))
  if (right?.length !== given?.length || !timingSafeEqual(right as Buffer, given as Buffer)) return null
  const [userId = '', how = '', until = ''] = said.split('.')
  return Number(until) < now ? null : { userId, how: Buffer.from(how, 'base64url').toString().split(' ') }
}

const signature = (key: KeyObject, uid: string, said: string) =>
  createHmac('sha256', key)
    .update(JSON.stringify(['passed', uid, said]))
    .digest('base64url')
