import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Settings } from '@bizosaas/runtime'
import type { Request } from 'express'
import { Passport } from 'passport'
import { Strategy } from 'passport-jwt'
import { tokenAlgorithm, tokenType } from './access-token.ts'
import { type KeySource, publishedKeys } from './key-source.ts'
import { type Principal, principalOf, unauthenticated } from './principal.ts'

/** Who sends a request; throws a Problem (401) when its token does not prove it. */
export type Authenticate = (request: Pick<IncomingMessage, 'headers'>) => Promise<Principal>

type Trust = { readonly issuer: string; readonly audience: string; readonly keyOf: KeySource }

const toleratedClockSkewSeconds = 5
const rememberedTokens = 10_000

/** Authentication by the settings of a unit. */
export const authenticationFrom = (settings: Settings<'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWKS_URL'>): Authenticate =>
  authentication({
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
    keyOf: publishedKeys(settings.JWKS_URL),
  })

/**
 * Verifies bearer tokens with passport-jwt: algorithm, type, key, issuer, audience and times are pinned, claims are
 * validated by schema. A token that was verified is remembered until it expires or its key is retired: the same bytes stay
 * valid, and a signature check costs more than the rest of a small request.
 */
export function authentication(trust: Trust): Authenticate {
  const verify = verifier(trust)
  const verified = new Map<string, { readonly principal: Principal; readonly keyId: string }>()

  return async (request) => {
    const token = bearerToken(request)
    if (token === null) throw unauthenticated('The request carries no bearer token.', false)
    const known = verified.get(token)
    if (known !== undefined && known.principal.expiresAt > Date.now() && (await trust.keyOf(known.keyId)) !== null)
      return known.principal
    verified.delete(token)
    const principal = principalOf(await verify(request))
    if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value ?? token)
    verified.set(token, { principal, keyId: String(headerOf(token)?.kid) })
    return principal
  }
}

/** Anchored and linear: the header is the one input that strangers send at will. */
const bearerToken = (request: Pick<IncomingMessage, 'headers'>): string | null =>
  /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null

/** The claims of a request's token, verified by passport-jwt. */
function verifier({ issuer, audience, keyOf }: Trust): (request: Pick<IncomingMessage, 'headers'>) => Promise<unknown> {
  const passport = new Passport()
  passport.use(
    new Strategy(
      {
        jwtFromRequest: bearerToken as (request: Request) => string | null,
        // The header is chosen by the sender, but it is part of what is signed: pin all of it before any key is used.
        secretOrKeyProvider: (_request, token: string, done) => {
          keyFor(token, keyOf).then(
            (key) => (typeof key === 'string' ? done(new Error(key)) : done(null, key as unknown as Buffer)),
            (unknown) => done(new KeysUnavailable('the keys are not there', { cause: unknown })),
          )
        },
        algorithms: [tokenAlgorithm],
        issuer,
        audience,
        jsonWebTokenOptions: { clockTolerance: toleratedClockSkewSeconds },
      },
      (claims: unknown, done) => done(null, { claims }),
    ),
  )
  return (request) =>
    new Promise((resolve, reject) => {
      const decide = (error: unknown, user: { claims: unknown } | false | undefined, info: unknown) => {
        if (error) reject(error)
        else if (info instanceof KeysUnavailable) reject(info.cause)
        else if (user) resolve(user.claims)
        else reject(unauthenticated(`The access token is not accepted: ${reason(info)}.`))
      }
      passport.authenticate('jwt', { session: false }, decide)(request, null, reject)
    })
}

/** Travels through the library, which takes any error here for one of the token. */
class KeysUnavailable extends Error {}

/** The key, or what is wrong with the header. No key is looked for before algorithm and type are right. */
async function keyFor(token: string, keyOf: KeySource): Promise<KeyObject | string> {
  const header = headerOf(token)
  if (header === null) return 'its header is not readable'
  const { alg, typ, kid } = header
  if (alg !== tokenAlgorithm) return `it must be signed by ${tokenAlgorithm}`
  if (typ !== tokenType) return `its type must be ${tokenType}`
  const key = typeof kid === 'string' ? await keyOf(kid) : null
  return key ?? 'it was signed with a key that is not trusted here'
}

function headerOf(token: string): Readonly<Record<string, unknown>> | null {
  try {
    return Object(JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()))
  } catch {
    return null
  }
}

/** The library's reasons in words; only about the token itself, which its holder can read anyway. */
function reason(info: unknown): string {
  const message = info instanceof Error ? info.message : 'it cannot be verified'
  if (message === 'jwt expired') return 'it has expired'
  if (message === 'jwt not active') return 'it is not valid yet'
  if (message.startsWith('jwt audience')) return 'it was issued for another audience'
  if (message.startsWith('jwt issuer')) return 'it comes from another issuer'
  return message
}
