/** How an outside provider is asked who somebody is: the authorization code, with state, nonce and PKCE, and every check of the answer. */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'
import type { OutsideProvider } from './outside-providers.ts'

/** Each request to a provider, in seconds. */
const answersWithin = 5
/** What a provider says about itself is asked for again after that, in milliseconds. */
const describedFor = 60 * 60_000

/** The provider cannot be asked now. */
export class ProviderAway extends Error {
  readonly reason: string
  constructor(id: string, cause: unknown) {
    super(`The outside provider ${id} cannot be asked: ${reasonOf(cause)}`)
    this.reason = reasonOf(cause)
  }
}

/** What came back is no sign-in: the person gave up, or it is not what this provider would say to this question. */
export class NoSignIn extends Error {
  readonly reason: string
  constructor(id: string, cause: unknown) {
    super(`The outside provider ${id} signed nobody in: ${reasonOf(cause)}`)
    this.reason = reasonOf(cause)
  }
}

/** What ties an answer to its question. */
export interface Question {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

export interface OutsideClient {
  readonly provider: OutsideProvider
  /** Where the browser is sent to be asked. @throws ProviderAway */
  readonly askAt: (question: Question) => Promise<string>
  /** Who signed in there, as the provider calls them. @throws ProviderAway, NoSignIn */
  readonly whoCame: (answer: URLSearchParams, question: Question) => Promise<string>
}

/** @param redirectUri of this provider alone: an answer that another one gives arrives elsewhere */
export function outsideClient(provider: OutsideProvider, redirectUri: string): OutsideClient {
  const { id, issuer, clientId, clientSecret } = provider
  let known: { readonly at: number; readonly found: Promise<Configuration> } | null = null

  const describe = async (): Promise<Configuration> => {
    const found = await discovery(new URL(issuer), clientId, { [clockTolerance]: 30 }, authenticate(clientSecret), {
      timeout: answersWithin,
      // Signatures are verified also of what came straight from the provider.
      execute: issuer.startsWith('http:')
        ? [enableNonRepudiationChecks, allowInsecureRequests]
        : [enableNonRepudiationChecks],
    })
    const { issuer: said, authorization_endpoint: at = '' } = found.serverMetadata()
    if (said !== issuer) throw new Error('it says that it is another issuer')
    if (!URL.canParse(at) || new URL(at).protocol !== new URL(issuer).protocol)
      throw new Error('it has no address to ask at')
    return found
  }

  /** Asked for when it is needed first; what failed is asked for again. */
  const configuration = async (): Promise<Configuration> => {
    if (known === null || known.at + describedFor < Date.now()) known = { at: Date.now(), found: describe() }
    const asked = known
    try {
      return await asked.found
    } catch (error) {
      if (known === asked) known = null
      throw new ProviderAway(id, error)
    }
  }

  return {
    provider,
    askAt: async ({ state, nonce, verifier }) => {
      const parameters = {
        redirect_uri: redirectUri,
        scope: 'openid',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }
      return buildAuthorizationUrl(await configuration(), parameters).href
    },
    whoCame: async (answer, { state, nonce, verifier }) => {
      const config = await configuration()
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
      try {
        const tokens = await authorizationCodeGrant(config, new URL(`${redirectUri}?${answer}`), checks)
        const sub = tokens.claims()?.sub
        if (sub === undefined || sub === '') throw new Error('it names nobody')
        return sub
      } catch (error) {
        throw isAway(error) ? new ProviderAway(id, error) : new NoSignIn(id, error)
      }
    },
  }
}

/** By the way that the provider takes; where it names none, by the standard's. */
const authenticate = (secret: string): ClientAuth => {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...more) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return (ways.includes('client_secret_basic') ? basic : post)(server, ...more)
  }
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

/** Never what the provider sent, which may be about a person. */
const reasonOf = (error: unknown): string => codeOf(error) ?? (error instanceof Error ? error.message : 'unknown')

/** Nothing came, or what stands between us and the provider answered. */
const isAway = (error: unknown) =>
  (error instanceof TypeError && error.message === 'fetch failed') || awayCodes.has(codeOf(error) ?? '')
const awayCodes = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON'])
