/** What the routes of this context share: who may, in whose name, and what is done with a command. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import {
  type Accepted,
  type Claimer,
  type CommandContext,
  commandIdOf,
  derivedId,
  type EventStore,
  type FoldedStreams,
  type Handle,
  type Outcome,
} from '@bizosaas/event-store'
import { answerCommand, Count, commandContext, Problem, type Request, Uuid } from '@bizosaas/http'
import { type Category, type DomainEvent, streamName, type TenantId } from '@bizosaas/schemas'
import type { EmailDigest, OneTimeCodes, Opener, Passwords, Sealer } from '@bizosaas/sealed'
import { Type } from 'typebox'
import type { TokenOf } from '../consistency-token.ts'
import type { Application, ApplicationCommand, ApplicationEvent } from './application.ts'
import type { IdentityLinkCommand, IdentityLinkEvent, IdentityLinks } from './identity-link.ts'
import type { Invitation, InvitationCommand, InvitationEvent } from './invitation.ts'
import type { Membership, MembershipCommand, MembershipEvent } from './membership.ts'
import type { Role, RoleCommand, RoleEvent } from './role.ts'
import type { SecondFactor, SecondFactorCommand, SecondFactorEvent } from './second-factor.ts'
import type { Session, SessionCommand, SessionEvent } from './session.ts'
import type { Tenant, TenantCommand, TenantEvent } from './tenant.ts'
import type { User, UserCommand, UserEvent } from './user.ts'

export interface People {
  readonly tenant: Handle<TenantCommand, TenantEvent, Tenant>
  readonly tenants: FoldedStreams<TenantEvent, Tenant>
  readonly user: Handle<UserCommand, UserEvent, User>
  readonly users: FoldedStreams<UserEvent, User>
  readonly membership: Handle<MembershipCommand, MembershipEvent, Membership>
  readonly memberships: FoldedStreams<MembershipEvent, Membership>
  readonly invitation: Handle<InvitationCommand, InvitationEvent, Invitation>
  readonly role: Handle<RoleCommand, RoleEvent, Role>
  readonly roles: FoldedStreams<RoleEvent, Role>
  readonly session: Handle<SessionCommand, SessionEvent, Session>
  readonly sessions: FoldedStreams<SessionEvent, Session>
  readonly application: Handle<ApplicationCommand, ApplicationEvent, Application>
  readonly applications: FoldedStreams<ApplicationEvent, Application>
  readonly secondFactor: Handle<SecondFactorCommand, SecondFactorEvent, SecondFactor>
  readonly secondFactors: FoldedStreams<SecondFactorEvent, SecondFactor>
  readonly identityLink: Handle<IdentityLinkCommand, IdentityLinkEvent, IdentityLinks>
  readonly identityLinks: FoldedStreams<IdentityLinkEvent, IdentityLinks>
  readonly seal: Sealer
  readonly open: Opener
  readonly passwords: Passwords
  readonly codes: OneTimeCodes
  readonly claim: Claimer
  readonly store: EventStore
  readonly digest: EmailDigest
  readonly tokenOf: TokenOf
  /** HMAC key of this context. */
  readonly key: KeyObject
}

export const Now = Type.Object({ id: Uuid, state: Type.String(), revision: Count }, { title: 'PersonOrTenantNow' })

/**
 * As `commandContext`, but for bodies that are about people: their plain hash would let whoever reads the log try names and
 * addresses out, also those of the erased.
 */
export function contextOf({ key }: Pick<People, 'key'>, request: Request): CommandContext {
  const context = commandContext(request, commandIdOf)
  return { ...context, bodyHash: keyed(key, 'body', context.bodyHash) }
}

/** People and roles are looked after by the agency: a token that is restricted to clients does not reach them. */
export function agencyContext(people: Pick<People, 'key'>, request: Request): CommandContext {
  const context = contextOf(people, request)
  if (context.clientIds === null) return context
  throw new Problem('forbidden', 'This needs an access token for all of the agency, not one for some of its clients.')
}

/** A command within a command, on another stream. */
export function part(context: CommandContext, name: string): CommandContext {
  return { ...context, commandId: derivedId(context.commandId, name), causationId: context.commandId }
}

/** Follows from the invitation, so that a repeated request answers the same and nothing is stored. */
export function secretOf({ key }: Pick<People, 'key'>, tenantId: TenantId, invitationId: string): string {
  return keyed(key, 'invitation', tenantId, invitationId)
}

export function isSecretOf(
  people: Pick<People, 'key'>,
  tenantId: TenantId,
  invitationId: string,
  said: string,
): boolean {
  const [right, given] = [secretOf(people, tenantId, invitationId), said].map((text) => Buffer.from(text))
  return right?.length === given?.length && timingSafeEqual(right as Buffer, given as Buffer)
}

function keyed(key: KeyObject, ...words: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(words)).digest('base64url')
}

/** The answer of most routes: where it is now. */
export function answerNow<Event extends DomainEvent, State extends { readonly state: string }>(
  { tokenOf }: Pick<People, 'tokenOf'>,
  { tenantId }: CommandContext,
  category: Category,
  id: string,
  outcome: Outcome<Event, State>,
) {
  return answerCommand(outcome, {
    body: ({ revision, state: { state } }: Accepted<Event, State>) => ({ id, state, revision }),
    token: tokenOf(streamName(category, tenantId, id)),
  })
}

/** What was carried out, or a problem that says why not. */
export function accepted<Event extends DomainEvent, State>(outcome: Outcome<Event, State>): Accepted<Event, State> {
  if ('events' in outcome) return outcome
  answerCommand(outcome, { body: (nothing: never) => nothing, token: String })
  throw new Error('What was not carried out is thrown as a problem.')
}
