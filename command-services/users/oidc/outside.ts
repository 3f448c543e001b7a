/** Sign-in through outside providers: those that there are, who is on a visit to them, and what is said when that fails. */
import { log } from '@bizosaas/runtime'
import { NoSignIn, type OutsideClient, outsideClient, ProviderAway } from './outside-client.ts'
import type { OutsideProvider } from './outside-providers.ts'
import { outsideVisits, type Visits } from './outside-visits.ts'
import type { State } from './state.ts'

export interface Outside {
  readonly providers: readonly OutsideProvider[]
  readonly find: (id: string) => OutsideClient | null
  readonly visits: Visits
}

/** @param issuer what we are called: each provider sends people back to an address of its own under it */
export function outsideProviders(providers: readonly OutsideProvider[], issuer: string, state: State): Outside {
  const clients = new Map(
    providers.map((provider) => [provider.id, outsideClient(provider, `${issuer}/from/${provider.id}`)]),
  )
  return { providers, find: (id) => clients.get(id) ?? null, visits: outsideVisits(state) }
}

/** What went wrong at a provider, for the person. What is no fault of the provider's is thrown on. */
export function explain(error: unknown, { provider: { id, title } }: OutsideClient) {
  if (error instanceof ProviderAway) {
    log.warn({ unit: 'users', provider: id, reason: error.reason }, 'an outside provider cannot be asked')
    return { text: `${title} does not answer now. Try again later.`, status: 503, more: { 'Retry-After': '30' } }
  }
  if (error instanceof NoSignIn) {
    log.info({ unit: 'users', provider: id, reason: error.reason }, 'an outside provider signed nobody in')
    return { text: `${title} did not sign you in. Try once more.`, status: 403, more: {} }
  }
  throw error
}
