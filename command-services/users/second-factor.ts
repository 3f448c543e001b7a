/**
 * What a person must show at sign-in beside their password: a one-time code of a device that they enrolled.
 *
 *   nothing → enrolled → confirmed → removed → enrolled …
 *
 * Before it is confirmed another enrolment takes its place, and no sign-in asks for it. A recovery code stands in for the device,
 * each once. The secret stands in events only sealed; recovery codes follow from it and stand nowhere.
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type {
  DomainEvent,
  RecoveryCodeUsed,
  Sealed,
  SecondFactorConfirmed,
  SecondFactorEnrolled,
  SecondFactorRemoved,
} from '@bizosaas/schemas'

export const recoveryCodes = 10

export type SecondFactorEvent = DomainEvent<
  'SecondFactorEnrolled' | 'SecondFactorConfirmed' | 'SecondFactorRemoved' | 'RecoveryCodeUsed'
>
export type SecondFactorCommand =
  | ({ readonly type: 'enrol' } & SecondFactorEnrolled)
  | ({ readonly type: 'confirm' } & SecondFactorConfirmed)
  | ({ readonly type: 'useRecoveryCode' } & RecoveryCodeUsed)
  | ({ readonly type: 'remove' } & SecondFactorRemoved)

export interface SecondFactor {
  readonly state: 'nothing' | 'enrolled' | 'confirmed' | 'removed'
  readonly enrolmentId: string | null
  readonly secret: Sealed | null
  /** Numbers of the recovery codes that were used. */
  readonly used: readonly number[]
}

export const secondFactor: Decider<SecondFactorCommand, SecondFactorEvent, SecondFactor> = {
  category: 'secondFactor',
  initial: { state: 'nothing', enrolmentId: null, secret: null, used: [] },
  clientOf: () => null,

  decide(command, factor) {
    const { type, ...data } = command
    const { state } = factor
    if (type === 'remove') {
      if (state === 'nothing') return none
      return state === 'removed' ? alreadyDone : [{ type: 'SecondFactorRemoved', data } as SecondFactorEvent]
    }
    const isThisOne = command.enrolmentId === factor.enrolmentId
    if (type !== 'enrol' && !isThisOne) return none
    if (isThisOne && isDone(command, factor)) return alreadyDone
    const { isFrom, event } = steps[type]
    return isFrom.includes(state) ? [{ type: event, data } as SecondFactorEvent] : illegal(state, type)
  },

  evolve(factor, event) {
    switch (event.type) {
      case 'SecondFactorEnrolled': {
        const { enrolmentId, secret } = event.data
        return { state: 'enrolled', enrolmentId, secret, used: [] }
      }
      case 'SecondFactorConfirmed':
        return { ...factor, state: 'confirmed' }
      case 'RecoveryCodeUsed':
        return { ...factor, used: [...factor.used, event.data.number] }
      case 'SecondFactorRemoved':
        return { ...factor, state: 'removed', secret: null }
    }
  },
}

const steps: {
  readonly [T in Exclude<SecondFactorCommand['type'], 'remove'>]: {
    readonly isFrom: readonly SecondFactor['state'][]
    readonly event: SecondFactorEvent['type']
  }
} = {
  enrol: { isFrom: ['nothing', 'enrolled', 'removed'], event: 'SecondFactorEnrolled' },
  confirm: { isFrom: ['enrolled'], event: 'SecondFactorConfirmed' },
  useRecoveryCode: { isFrom: ['confirmed'], event: 'RecoveryCodeUsed' },
}

/** Whether the command changed this enrolment before. */
function isDone(command: SecondFactorCommand, { state, used }: SecondFactor): boolean {
  if (command.type === 'useRecoveryCode') return used.includes(command.number)
  return command.type === 'enrol' || state === 'confirmed'
}

const none: Refusal = { refusal: 'not-found', detail: 'There is no such second factor.' }

function illegal(state: string, verb: string): Refusal {
  const detail =
    state === 'confirmed'
      ? 'There is a second factor already: remove it first.'
      : `The second factor is ${state}: enrol one first.`
  return { refusal: 'illegal-step', detail, state, verb }
}
