/**
 * A person who works for an agency, or for a client of it. What is known about them stands in events only sealed.
 *
 *   invited → active ⇄ locked → deactivated → erased
 *
 * From any state but the last one a person may be deactivated or erased. Erased is final from the moment that it is asked for; the
 * certificate follows once their keys are destroyed.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type {
  ClientId,
  DomainEvent,
  EventData,
  Sealed,
  UserEmailChanged,
  UserErased,
  UserId,
  UserInvited,
  UserPreferencesSet,
  UserProfileChanged,
} from '@bizosaas/schemas'

export const userSteps = {
  activate: { from: ['invited'], event: 'UserActivated', to: 'active' },
  lock: { from: ['active'], event: 'UserLocked', to: 'locked' },
  unlock: { from: ['locked'], event: 'UserUnlocked', to: 'active' },
  deactivate: { from: ['invited', 'active', 'locked'], event: 'UserDeactivated', to: 'deactivated' },
  erase: { from: ['invited', 'active', 'locked', 'deactivated'], event: 'UserErasureRequested', to: 'erased' },
} as const

export type UserVerb = keyof typeof userSteps
type StepEvent = (typeof userSteps)[UserVerb]['event']
export type UserEvent = DomainEvent<
  'UserInvited' | 'UserEmailChanged' | 'UserProfileChanged' | 'UserPreferencesSet' | 'UserErased' | StepEvent
>

/** A command says what its event will say. */
export type UserStep = { [V in UserVerb]: { readonly type: V } & EventData[(typeof userSteps)[V]['event']] }[UserVerb]
export type UserCommand =
  | ({ readonly type: 'invite' } & UserInvited)
  | ({ readonly type: 'changeEmail' } & UserEmailChanged)
  | ({ readonly type: 'changeProfile' } & UserProfileChanged)
  | ({ readonly type: 'setPreferences' } & UserPreferencesSet)
  | ({ readonly type: 'certify' } & UserErased)
  | UserStep

export interface User {
  readonly state: 'nothing' | 'invited' | (typeof userSteps)[UserVerb]['to']
  readonly lastStep: StepEvent | null
  readonly clientId: ClientId | null
  readonly email: Sealed | null
  /** Whether the person has shown that the address is theirs: they were invited by it. */
  readonly isEmailVerified: boolean
  readonly profile: UserProfileChanged | null
  readonly preferences: UserPreferencesSet | null
  readonly isCertified: boolean
}

export const user: Decider<UserCommand, UserEvent, User> = {
  category: 'user',
  initial: {
    state: 'nothing',
    lastStep: null,
    clientId: null,
    email: null,
    isEmailVerified: false,
    profile: null,
    preferences: null,
    isCertified: false,
  },
  clientOf: ({ clientId }) => clientId,

  decide(command, user) {
    const { type, ...data } = command
    if (type === 'invite') return user.state === 'nothing' ? [{ type: 'UserInvited', data } as UserEvent] : alreadyDone
    if (user.state === 'nothing') return notFound(command.userId)
    switch (type) {
      case 'changeEmail':
        if (isSame(command.email, user.email)) return alreadyDone
        return within(['active'], user, type, { type: 'UserEmailChanged', data } as UserEvent)
      case 'changeProfile':
        if (isSame(data, user.profile)) return alreadyDone
        return within(['active'], user, type, { type: 'UserProfileChanged', data } as UserEvent)
      case 'setPreferences':
        if (isSame(data, user.preferences)) return alreadyDone
        return within(['active'], user, type, { type: 'UserPreferencesSet', data } as UserEvent)
      case 'certify':
        if (user.isCertified) return alreadyDone
        return within(['erased'], user, type, { type: 'UserErased', data } as UserEvent)
      default: {
        const { from, event } = userSteps[type]
        return user.lastStep === event ? alreadyDone : within(from, user, type, { type: event, data } as UserEvent)
      }
    }
  },

  evolve(user, event) {
    switch (event.type) {
      case 'UserInvited':
        return {
          ...user,
          state: 'invited',
          clientId: event.data.clientId,
          email: event.data.email,
          isEmailVerified: true,
        }
      case 'UserEmailChanged':
        return { ...user, email: event.data.email, isEmailVerified: false }
      case 'UserProfileChanged':
        return { ...user, profile: event.data }
      case 'UserPreferencesSet':
        return { ...user, preferences: event.data }
      case 'UserErased':
        return { ...user, isCertified: true }
      default: // only steps are left, as the compiler knows
        return { ...user, state: stateAfter[event.type], lastStep: event.type }
    }
  },
}

const stateAfter = Object.fromEntries(Object.values(userSteps).map(({ event, to }) => [event, to])) as {
  readonly [V in UserVerb as (typeof userSteps)[V]['event']]: (typeof userSteps)[V]['to']
}

/** The event, if the person is in one of the states; else why not. */
function within(from: readonly string[], { state }: User, verb: string, event: UserEvent): UserEvent[] | Refusal {
  if (from.includes(state)) return [event]
  const detail = `The person is ${state}; ${verb} is possible in state ${from.join(', ')} only.`
  return { refusal: 'illegal-step', detail, state, verb }
}

/** Of plain data, whatever the order of its members. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  const [names, others] = [Object.keys(one), Object.keys(other)]
  const at = (of: object, name: string) => (of as Readonly<Record<string, unknown>>)[name]
  return names.length === others.length && names.every((name) => isSame(at(one, name), at(other, name)))
}

function notFound(id: UserId): Refusal {
  return { refusal: 'not-found', detail: `There is no user ${id}.` }
}
