/**
 * One-time codes by the clock (RFC 6238) over an HMAC (RFC 4226), as authenticator apps make them: SHA-1, six digits, a new one
 * each 30 seconds. Those are the only parameters that every app understands.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const stepSeconds = 30
const digits = 6
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A secret of 160 bits, as RFC 4226 recommends, in Base32 (RFC 4648). */
export const newSecret = (): string => base32(randomBytes(20))

export const stepAt = (milliseconds: number): number => Math.floor(milliseconds / 1000 / stepSeconds)

export function codeOf(secret: string, step: number, length = digits): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0x0f) & 0x7fffffff
  return String(number % 10 ** length).padStart(length, '0')
}

/** The step whose code it is: the present one, or the one before or after, since clocks differ; null for none of them. */
export function matchingStep(secret: string, said: string, now: number): number | null {
  const given = Buffer.from(said)
  const isIt = (step: number) => {
    const right = Buffer.from(codeOf(secret, step))
    return right.length === given.length && timingSafeEqual(right, given)
  }
  const around = stepAt(now)
  return [around, around - 1, around + 1].find(isIt) ?? null
}

/** What a QR code for an authenticator app holds. */
export function enrolmentUri(secret: string, issuer: string, account: string): string {
  const label = [issuer, account].map(encodeURIComponent).join(':')
  return `otpauth://totp/${label}?${new URLSearchParams({ secret, issuer, algorithm: 'SHA1', digits: String(digits), period: String(stepSeconds) })}`
}

/** Without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

function bytesOf(text: string): Buffer {
  const bits = [...text].map((sign) => alphabet.indexOf(sign).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
