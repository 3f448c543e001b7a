import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Settings } from '@bizosaas/runtime'
import type { Request } from 'express'
import { Passport } from 'passport'
import { Strategy } from 'passport-jwt'
import { keyIdOf, readPublicKey, tokenAlgorithm, tokenType } from './access-token.ts'
import { type Principal, principalOf, unauthenticated } from './principal.ts'

/** Who sends a request; throws a Problem (401) when its token does not prove it. */
export type Authenticate = (request: IncomingMessage) => Promise<Principal>

type Trust = { readonly issuer: string; readonly audience: string; readonly publicKey: KeyObject }

const toleratedClockSkewSeconds = 5
const rememberedTokens = 10_000

/** Authentication by the settings of a unit. */
export const authenticationFrom = (
  settings: Settings<'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_PUBLIC_KEY_FILE'>,
): Authenticate =>
  authentication({
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
    publicKey: readPublicKey(settings.JWT_PUBLIC_KEY_FILE),
  })

/**
 * Verifies bearer tokens with passport-jwt: algorithm, key id, type, issuer, audience and times are pinned, claims are
 * validated by schema. A token that was verified is remembered until it expires: the same bytes stay valid, and a
 * signature check costs more than the rest of a small request.
 */
export function authentication(trust: Trust): Authenticate {
  const verify = verifier(trust)
  const verified = new Map<string, Principal>()

  return async (request) => {
    const token = bearerToken(request)
    if (token === null) throw unauthenticated('The request carries no bearer token.', false)
    const known = verified.get(token)
    if (known !== undefined && known.expiresAt > Date.now()) return known
    verified.delete(token)
    const principal = principalOf(await verify(request))
    if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value ?? token)
    verified.set(token, principal)
    return principal
  }
}

/** Anchored and linear: the header is the one input that strangers send at will. */
const bearerToken = (request: IncomingMessage): string | null =>
  /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null

/** The claims of a request's token, verified by passport-jwt. */
function verifier({ issuer, audience, publicKey }: Trust): (request: IncomingMessage) => Promise<unknown> {
  const keyId = keyIdOf(publicKey)
  const passport = new Passport()
  passport.use(
    new Strategy(
      {
        jwtFromRequest: bearerToken as (request: Request) => string | null,
        // The header is chosen by the sender, but it is part of what is signed: pin all of it before any key is used.
        secretOrKeyProvider: (_request, token: string, done) => {
          const complaint = headerComplaint(token, keyId)
          if (complaint === null) done(null, publicKey as unknown as Buffer)
          else done(new Error(complaint))
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
        else if (user) resolve(user.claims)
        else reject(unauthenticated(`The access token is not accepted: ${reason(info)}.`))
      }
      passport.authenticate('jwt', { session: false }, decide)(request, null, reject)
    })
}

function headerComplaint(token: string, keyId: string): string | null {
  let header: unknown
  try {
    header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString())
  } catch {
    return 'its header is not readable'
  }
  const { alg, typ, kid } = Object(header) as Record<string, unknown>
  if (alg !== tokenAlgorithm) return `it must be signed by ${tokenAlgorithm}`
  if (typ !== tokenType) return `its type must be ${tokenType}`
  return kid === keyId ? null : 'it was signed with a key that is not trusted here'
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
