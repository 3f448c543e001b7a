/** Visits to an outside provider: what a browser was sent there for, until it comes back, once and soon, or never. */
import { randomBytes } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { OutsideClient, Question } from './outside-client.ts'
import type { State } from './state.ts'

const kind = 'OutsideVisit'
const validForSeconds = 10 * 60

const Errand = Type.Union([
  Type.Object({ type: Type.Literal('signIn'), interaction: Type.String() }),
  Type.Object({ type: Type.Literal('link'), browser: Type.String(), userId: Type.String() }),
])
/** What for, and by which browser: of the sign-in that is under way in it, or of the session that it has. */
export type Errand = Static<typeof Errand>

const Visit = Type.Object({ provider: Type.String(), nonce: Type.String(), verifier: Type.String(), errand: Errand })
export interface Visit {
  readonly errand: Errand
  readonly question: Question
}

export interface Visits {
  /** Where the browser goes. @throws ProviderAway */
  readonly begin: (to: OutsideClient, errand: Errand) => Promise<string>
  /** Null for what was never asked, was answered before, is too old, or was asked of another provider. */
  readonly end: (from: OutsideClient, state: string) => Promise<Visit | null>
}

const secret = () => randomBytes(32).toString('base64url')

export function outsideVisits(remembered: Pick<State, 'adapter' | 'take'>): Visits {
  return {
    begin: async (to, errand) => {
      const question = { state: secret(), nonce: secret(), verifier: secret() }
      const { state, nonce, verifier } = question
      const at = await to.askAt(question)
      const visit: Static<typeof Visit> = { provider: to.provider.id, nonce, verifier, errand }
      await remembered.adapter(kind).upsert(state, { ...visit }, validForSeconds)
      return at
    },
    end: async (from, state) => {
      const found = await remembered.take(kind, state)
      if (found === undefined) return null
      const { provider, nonce, verifier, errand } = Value.Parse(Visit, found)
      return provider === from.provider.id ? { errand, question: { state, nonce, verifier } } : null
    },
  }
}
