/** Sends commands and questions to any of the instances, and writes down what became of them. */
import { type Role, readSigningKeys, signAccessToken } from '@bizosaas/http'
import type { Random } from '../random.ts'
import type { Edge } from '../system/units.ts'
import type { Answered, Command, Ledger, Read } from './ledger.ts'

export type Client = {
  /** Sends a command once. */
  readonly send: (command: Command, attempt: number) => Promise<Answered>
  /** Asks a question by the token of command `n`; null when nobody answered. */
  readonly ask: (
    question: Omit<Read, 'line' | 'status' | 'body'> & { readonly tenantId: string },
  ) => Promise<Read | null>
}

/** Who all commands are sent by: the ids of commands follow from it. */
export const subject = 'prove'

const answerWithinMs = 10_000
/** A token is good for an hour; a storm may last longer. */
const renewAfterMs = 30 * 60_000

export const connectClient = (options: {
  readonly edges: readonly Edge[]
  readonly settings: Readonly<Record<string, string>>
  readonly ledger: Ledger
  readonly random: Random
  /** How many of the requests are given up by the client before they are answered. */
  readonly hangUps: () => boolean
}): Client => {
  const { edges, ledger, random, hangUps } = options
  const privateKey = readSigningKeys(options.settings.SIGNING_KEYS_DIR ?? '')[0].privateKey
  const tokens = new Map<string, { token: string; madeAt: number }>()
  const tokenFor = (tenantId: string): string => {
    const known = tokens.get(tenantId)
    if (known !== undefined && Date.now() - known.madeAt < renewAfterMs) return known.token
    const token = signAccessToken({
      privateKey,
      issuer: options.settings.JWT_ISSUER ?? '',
      audience: 'bizosaas-api',
      subject,
      tenantId,
      roles: ['owner' as Role],
      expiresInSeconds: 3600,
    })
    tokens.set(tenantId, { token, madeAt: Date.now() })
    return token
  }

  const request = async (
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string },
  ): Promise<{ response: Response; body: Record<string, unknown> }> => {
    const patience = hangUps() ? random.whole(2, 60) : answerWithinMs
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) })
    const text = await response.text()
    return { response, body: text === '' ? {} : JSON.parse(text) }
  }

  const outcomeOf = async (command: Command): Promise<DistributiveOmit<Answered, 'line' | 'n' | 'attempt' | 'at'>> => {
    const edge = random.pick(edges)
    const base = command.path.startsWith('/v1/ad-accounts') ? edge.integrations : edge.campaigns
    const headers = {
      authorization: `Bearer ${tokenFor(command.tenantId)}`,
      'content-type': 'application/json',
      'idempotency-key': command.key,
      ...(command.ifMatch === null ? {} : { 'if-match': `"${command.ifMatch}"` }),
    }
    try {
      const { response, body } = await request(`${base}${command.path}`, {
        method: command.method,
        headers,
        body: JSON.stringify(command.body),
      })
      const { status } = response
      if (response.ok) {
        const { headers: said } = response
        return { outcome: 'ok', status, body, etag: said.get('etag'), token: said.get('x-consistency-token') }
      }
      if (status < 500) return { outcome: 'refused', status, body }
      return { outcome: 'unknown', status, reason: String(body.type) }
    } catch (error) {
      const { name, message, cause } = error as Error & { cause?: { code?: string } }
      return { outcome: 'unknown', status: null, reason: cause?.code ?? (name === 'Error' ? message : name) }
    }
  }

  return {
    send: async (command, attempt) => {
      const { n } = command
      await ledger.write({ line: 'sent', n, attempt })
      const outcome = await outcomeOf(command)
      const answered: Answered = { line: 'answered', n, attempt, at: new Date().toISOString(), ...outcome }
      await ledger.write(answered)
      return answered
    },

    ask: async ({ tenantId, ...question }) => {
      const headers = { authorization: `Bearer ${tokenFor(tenantId)}`, 'x-consistency-token': question.token }
      try {
        const { response, body } = await request(`${random.pick(edges).query}${question.path}`, {
          method: 'GET',
          headers,
        })
        const read: Read = { line: 'read', ...question, status: response.status, body }
        await ledger.write(read)
        return read
      } catch {
        return null
      }
    },
  }
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never
