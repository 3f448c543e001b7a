import { type Accepted, type Claimer, commandIdOf, derivedId, type Handle } from '@bizosaas/event-store'
import { answerCommand, Count, commandContext, Problem, post, type Route, reply, Uuid } from '@bizosaas/http'
import { AdAccountId, ClientId, streamName } from '@bizosaas/schemas'
import { Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import { Currency, Name, PlatformId, TimeZone } from '../shapes.ts'
import type { AdAccount, AdAccountCommand, AdAccountEvent } from './ad-account.ts'
import type { Observed, Observer } from './observations.ts'
import { maxRows, Row, readingsOf } from './row.ts'

const NewAdAccount = Type.Object(
  {
    clientId: Uuid,
    platform: Type.Enum(['google', 'meta', 'linkedin']),
    externalId: PlatformId,
    name: Name,
    currency: Currency,
    timeZone: TimeZone,
  },
  { title: 'NewAdAccount' },
)

const Page = Type.Object({ rows: Type.Array(Row, { minItems: 1, maxItems: maxRows }) }, { title: 'Observations' })

/** Room for a full page of rows with all that they may say. */
const pageLimit = 8 * 1024 * 1024

/** Which request is which command, and who may send it. */
export function integrationRoutes(
  register: Handle<AdAccountCommand, AdAccountEvent, AdAccount>,
  observe: Observer,
  claim: Claimer,
  tokenOf: TokenOf,
): readonly Route[] {
  const newAccount = post('/v1/ad-accounts', {
    may: 'adAccount:register',
    summary: "Register a client's account on an ad platform",
    description: 'An account of a platform is registered once in a tenant.',
    body: NewAdAccount,
    answer: Type.Object({ id: Uuid, revision: Count }, { title: 'AdAccountNow' }),
    status: 201,
    run: async (request) => {
      const context = commandContext(request, commandIdOf)
      const adAccountId = AdAccountId.parse(derivedId(context.commandId, 'ad-account'))
      const { name, ...account } = request.body
      const clientId = ClientId.parse(account.clientId)
      const command = { type: 'register', ...account, adAccountId, clientId, name: name.trim() } as const
      const claims = [claim(context.tenantId, 'ad-account', [command.platform, command.externalId])]
      const outcome = await register({ id: adAccountId, command, context, ifMatch: request.ifMatch, claims })
      const answer = answerCommand(outcome, {
        body: ({ revision }: Accepted<AdAccountEvent, AdAccount>) => ({ id: adAccountId, revision }),
        token: tokenOf(streamName('adAccount', context.tenantId, adAccountId)),
      })
      // Created, but nowhere to be read, so that a Location would lead to a 404.
      return { ...answer, status: 201 }
    },
  })

  const observations = post('/v1/ad-accounts/{id}/observations', {
    may: 'metrics:observe',
    summary: 'Take in a page of daily figures',
    description:
      'Each row replaces what was known of the same campaign, ad set, ad, breakdown, attribution window and day. ' +
      'Rows that say nothing new are counted as unchanged and recorded nowhere. Sent again with the same ' +
      'Idempotency-Key, a page that was taken in half is completed; another page with that key is refused.',
    body: Page,
    limit: pageLimit,
    answer: Type.Object({ observed: Count, restated: Count, unchanged: Count }, { title: 'Observed' }),
    run: async (request) => {
      if (request.ifMatch !== null) throw new Problem('malformed-request', 'Figures have no revision to match.')
      const context = commandContext(request, commandIdOf)
      const id = AdAccountId.parse(request.params.id)
      const readings = readingsOf(request.body.rows, request.now)
      const outcome = await observe(context, id, readings, { hasKey: request.idempotencyKey !== null })
      if (outcome.type !== 'observed') return answerCommand(outcome, asProblem)
      const { observed, restated, unchanged, position } = outcome
      // All days of an account are in one partition.
      const token = tokenOf(streamName('adAccountDay', context.tenantId, `${id}:`))(position)
      return reply({ observed, restated, unchanged }, 200, { 'X-Consistency-Token': token })
    },
  })

  return [newAccount, observations]
}

/** What was not carried out has no answer: it is thrown as a problem. */
const asProblem = { body: (nothing: never): Omit<Observed, 'type' | 'position'> => nothing, token: String }
