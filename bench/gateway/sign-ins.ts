/** People who sign in, or whose application refreshes its tokens, one after the other in each browser. */
import { type Application, newBrowser, type Tokens } from '@bizosaas/command-services/users/testing/browser.ts'
import { percentile } from '../lib/statistics.ts'
import { serveTasks } from '../lib/worker.ts'

export type SignIns = {
  readonly what: 'sign-in' | 'refresh'
  readonly gateway: string
  readonly issuer: string
  readonly application: Application
  /** Each has a browser, and all are at it at once. */
  readonly people: readonly { readonly email: string; readonly password: string }[]
  readonly seconds: number
}

export type SignedIn = {
  readonly done: number
  readonly perSecond: number
  /** Milliseconds from the first request of a sign-in, or of a refresh, to having the tokens. */
  readonly p50: number
  readonly p99: number
}

serveTasks<SignIns, SignedIn>(async ({ what, gateway, issuer, application, people, seconds }) => {
  const tokensOf = async (answer: Response): Promise<Tokens> => {
    const tokens = (await answer.json()) as Tokens
    if (!tokens.access_token) throw new Error(`The tokens were refused: ${answer.status} ${JSON.stringify(tokens)}`)
    return tokens
  }
  /** With a browser that has been nowhere: the password is asked for each time. */
  const signIn = async (person: SignIns['people'][number]) => {
    const browser = newBrowser(issuer, gateway)
    const { code, verifier } = await browser.signIn(application, person)
    return { browser, tokens: await tokensOf(await browser.redeem(application, code, verifier)) }
  }
  const actions = await Promise.all(
    people.map(async (person) => {
      if (what === 'sign-in') return () => signIn(person)
      const { browser, tokens } = await signIn(person)
      let latest = tokens.refresh_token
      return async () => {
        const next = await tokensOf(await browser.refresh(application, latest))
        if (next.refresh_token === latest) throw new Error('A refresh token was not rotated')
        latest = next.refresh_token
      }
    }),
  )
  const latencies: number[] = []
  const start = performance.now()
  await Promise.all(
    actions.map(async (act) => {
      for (let now = performance.now(); now < start + seconds * 1_000; ) {
        await act()
        const then = performance.now()
        latencies.push(then - now)
        now = then
      }
    }),
  )
  const perSecond = latencies.length / ((performance.now() - start) / 1_000)
  return { done: latencies.length, perSecond, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }
})
