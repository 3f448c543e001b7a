import { notFound, type Permission, post, put, type Route, Uuid } from '@bizosaas/http'
import { InvitationId, streamName, UserId } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { Maybe } from '../shapes.ts'
import { acceptInvitation } from './accept.ts'
import { Invited, invitedOf, inviteUser, Person } from './invite.ts'
import { agencyContext, answerNow, contextOf, Now, type People } from './people.ts'
import { requireGrantable } from './rights.ts'
import { Clients, CustomRoles, Password, Roles } from './shapes.ts'
import type { UserVerb } from './user.ts'

const NewUser = Type.Object(
  {
    ...Person.properties,
    clientId: Maybe(Uuid),
    roles: Roles,
    customRoles: Type.Optional(CustomRoles),
    clients: Maybe(Clients),
  },
  { title: 'NewUser', description: 'With `clientId` a person of that client, who works for it alone' },
)

/** Each step is `POST /v1/users/{id}/<verb>`. */
const steps: Readonly<Record<Exclude<UserVerb, 'activate'>, string>> = {
  lock: 'Let the person not sign in for the time being',
  unlock: 'Let the person sign in again',
  deactivate: 'End the work of the person here',
  erase: 'Erase the person: everything about them becomes unreadable, everywhere and for good',
}

/** People join by invitation, and are looked after by their agency. */
export function userRoutes(people: People): readonly Route[] {
  const invite = post('/v1/users', {
    may: 'user:invite',
    summary: 'Invite a person',
    description: 'An e-mail address is that of one person of the agency, in whatever case it is written.',
    body: NewUser,
    answer: Invited,
    status: 201,
    run: async (request) => {
      const context = agencyContext(people, request)
      const { clientId = null, customRoles = [], ...asked } = request.body
      const clients = clientId === null ? (asked.clients ?? null) : (asked.clients ?? [clientId])
      const byOwner = request.principal.roles.includes('owner')
      await requireGrantable(people, request.principal, { roles: asked.roles, customRoles })
      const outcome = await inviteUser(people, context, { ...asked, clientId, customRoles, clients, byOwner })
      return invitedOf(people, context, outcome, (invited) => invited)
    },
  })

  const accept = post('/v1/invitations/{id}/accept', {
    may: 'invitation:accept',
    summary: 'Take up an invitation, for the person who has its secret',
    description: 'For the program that shows the sign-in page: the person has no access token yet.',
    body: Type.Object(
      { secret: Type.String({ maxLength: 100 }), password: Type.Optional(Password) },
      { title: 'AcceptInvitation', description: 'Without a password the person signs in by another provider' },
    ),
    answer: Now,
    run: async (request) => {
      const context = contextOf(people, request)
      const { id } = request.params
      const { secret, password } = request.body
      const { userId, outcome } = await acceptInvitation(people, context, id, secret, password)
      return answerNow(people, context, 'user', userId, outcome)
    },
  })

  const withdraw = post('/v1/invitations/{id}/withdraw', {
    may: 'invitation:withdraw',
    summary: 'Take an invitation back',
    answer: Now,
    run: async (request) => {
      const context = agencyContext(people, request)
      const invitationId = InvitationId.parse(request.params.id)
      const command = { type: 'withdraw', invitationId } as const
      const outcome = await people.invitation({ id: invitationId, command, context, ifMatch: request.ifMatch })
      return answerNow(people, context, 'invitation', invitationId, outcome)
    },
  })

  const assign = put('/v1/users/{id}/membership', {
    may: 'membership:assign',
    summary: 'Set what a person may do, and for which clients',
    body: Type.Object(
      { roles: Roles, customRoles: Type.Optional(CustomRoles), clients: Maybe(Clients) },
      { title: 'Membership' },
    ),
    answer: Now,
    run: async (request) => {
      const context = agencyContext(people, request)
      const userId = UserId.parse(request.params.id)
      const { roles, customRoles = [], clients = null } = request.body
      await requireGrantable(people, request.principal, { roles, customRoles })
      const { state: person } = await people.users.refresh(streamName('user', context.tenantId, userId))
      if (person.state === 'nothing' || person.state === 'erased') throw notFound(`There is no user ${userId}.`)
      const { clientId } = person
      const byOwner = request.principal.roles.includes('owner')
      const command = { type: 'assign', userId, clientId, roles, customRoles, clients, byOwner } as const
      return answerMembership(
        context,
        userId,
        await people.membership({ id: userId, command, context, ifMatch: request.ifMatch }),
      )
    },
  })

  const revoke = post('/v1/users/{id}/membership/revoke', {
    may: 'membership:revoke',
    summary: 'Let a person do nothing any more',
    answer: Now,
    run: async (request) => {
      const context = agencyContext(people, request)
      const userId = UserId.parse(request.params.id)
      const command = { type: 'revoke', userId, byOwner: request.principal.roles.includes('owner') } as const
      return answerMembership(
        context,
        userId,
        await people.membership({ id: userId, command, context, ifMatch: request.ifMatch }),
      )
    },
  })

  const answerMembership = (
    context: Parameters<typeof answerNow>[1],
    userId: UserId,
    outcome: Awaited<ReturnType<People['membership']>>,
  ) => {
    const told =
      'events' in outcome
        ? { ...outcome, state: { state: outcome.state?.isRevoked ? 'revoked' : 'assigned' } }
        : outcome
    return answerNow(people, context, 'membership', userId, told)
  }

  const verbs = Object.entries(steps).map(([verb, summary]) =>
    post(`/v1/users/{id}/${verb}`, {
      may: `user:${verb}` as Permission,
      summary,
      answer: Now,
      run: async (request) => {
        const context = agencyContext(people, request)
        const userId = UserId.parse((request.params as { id: string }).id)
        const command = { type: verb as keyof typeof steps, userId }
        const outcome = await people.user({ id: userId, command, context, ifMatch: request.ifMatch })
        return answerNow(people, context, 'user', userId, outcome)
      },
    }),
  )

  return [invite, accept, withdraw, assign, revoke, ...verbs]
}
