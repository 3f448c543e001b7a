import { derivedId } from '@bizosaas/event-store'
import { post, type Request, type Route } from '@bizosaas/http'
import { streamName } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { Maybe, Name } from '../shapes.ts'
import type { ApplicationCommand } from './application.ts'
import { presets } from './membership.ts'
import { applicationSecretOf, clientIdOf } from './oidc/identity.ts'
import { accepted, agencyContext, answerNow, Now, type People } from './people.ts'
import { Clients } from './shapes.ts'

const RedirectUri = Type.String({
  maxLength: 500,
  pattern:
    '^(https://[^\\s#]+|http://(127\\.0\\.0\\.1|\\[::1\\]|localhost)(:\\d+)?(/[^\\s#]*)?|[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+:/[^\\s#]*)$',
  description: 'an address over https, on the loopback interface, or of a scheme such as com.example.app:/back',
})

/** What a program may do for itself: never what an owner may, nor what those may who run the system. */
const ownRoles = [...presets.filter((role) => role !== 'owner'), 'service'] as const

const NewApplication = Type.Object(
  {
    title: Name,
    hasSecret: Type.Boolean({ description: 'Whether it can keep one; false for what runs in a browser' }),
    redirectUris: Type.Optional(
      Type.Array(RedirectUri, { maxItems: 10, description: 'where people are sent back to' }),
    ),
    roles: Type.Optional(Type.Array(Type.Enum(ownRoles), { maxItems: ownRoles.length })),
    clients: Maybe(Clients),
  },
  { title: 'NewApplication', description: '`roles` and `clients` say what it may do for itself' },
)

const Registered = Type.Object(
  {
    ...Now.properties,
    clientId: Type.String({ description: 'What OAuth 2.1 calls its client id' }),
    secret: Type.Union([Type.String(), Type.Null()], { description: 'Told here, and never again' }),
  },
  { title: 'ApplicationRegistered' },
)

/** Programs that get access tokens, for people who sign in with them or for themselves. */
export function applicationRoutes(people: People): readonly Route[] {
  const send = async (request: Request, id: string, command: ApplicationCommand) => {
    const context = agencyContext(people, request)
    const outcome = await people.application({ id, command, context, ifMatch: request.ifMatch })
    const told =
      'events' in outcome
        ? { ...outcome, state: { state: outcome.state?.isRetired ? 'retired' : 'registered' } }
        : outcome
    return { context, outcome, answer: answerNow(people, context, 'application', id, told) }
  }

  const withSecret = async (request: Request, id: string, command: ApplicationCommand) => {
    const { context, outcome, answer } = await send(request, id, command)
    const { state } = accepted(outcome)
    const application = { tenantId: context.tenantId, applicationId: id }
    const secret = state?.hasSecret ? applicationSecretOf(people, application, state.secretVersion) : null
    return { ...answer, body: { ...answer.body, clientId: clientIdOf(application), secret } }
  }

  const register = post('/v1/applications', {
    may: 'application:register',
    summary: 'Register an application',
    description: 'It gets access tokens at the OpenID Connect server: see `/oidc/.well-known/openid-configuration`.',
    body: NewApplication,
    answer: Registered,
    status: 201,
    run: async (request) => {
      const applicationId = derivedId(agencyContext(people, request).commandId, 'application')
      const { title, hasSecret, redirectUris = [], roles = [], clients = null } = request.body
      const said = { title: title.trim(), hasSecret, redirectUris, roles, clients }
      const answer = await withSecret(request, applicationId, { type: 'register', applicationId, ...said })
      return { ...answer, status: 201 }
    },
  })

  const rotate = post('/v1/applications/{id}/rotate-secret', {
    may: 'application:rotateSecret',
    summary: 'Give an application another secret; the one before is worth nothing any more',
    answer: Registered,
    run: async (request) => {
      const applicationId = request.params.id
      const { tenantId } = agencyContext(people, request)
      const { state } = await people.applications.refresh(streamName('application', tenantId, applicationId))
      const secretVersion = (state?.secretVersion ?? 0) + 1
      return withSecret(request, applicationId, { type: 'rotateSecret', applicationId, secretVersion })
    },
  })

  const retire = post('/v1/applications/{id}/retire', {
    may: 'application:retire',
    summary: 'Give an application no more tokens',
    answer: Now,
    run: async (request) => {
      const applicationId = request.params.id
      return (await send(request, applicationId, { type: 'retire', applicationId })).answer
    },
  })

  return [register, rotate, retire]
}
