/** The second step of a sign-in: whether one is asked for, and whether what is said is right. */
import { createHmac } from 'node:crypto'
import type { CommandContext } from '@bizosaas/event-store'
import { streamName, type TenantId, type UserId } from '@bizosaas/schemas'
import { accepted, type People, part } from './people.ts'
import { recoveryCodes, type SecondFactor } from './second-factor.ts'
import { base32, matchingStep } from './totp.ts'

export type CodeVerdict =
  | { readonly type: 'right' | 'wrong' }
  | { readonly type: 'throttled'; readonly retryAfterSeconds: number }

export async function secondFactorOf(people: People, tenantId: TenantId, userId: string): Promise<SecondFactor> {
  const { state } = await people.secondFactors.refresh(streamName('secondFactor', tenantId, userId))
  return state
}

export const isAskedForCode = async (people: People, tenantId: TenantId, userId: string): Promise<boolean> =>
  (await secondFactorOf(people, tenantId, userId)).state === 'confirmed'

/** Null once nobody can open it any more, because the person was erased. */
export async function secretOfFactor(people: People, { secret }: SecondFactor): Promise<string | null> {
  if (secret === null) return null
  const [text = null] = await people.open([{ field: 'secret', sealed: secret }])
  return text
}

/** They follow from the secret: stored nowhere, of this enrolment alone, and gone with it. Each has 80 bits. */
export function recoveryCodesOf({ key }: Pick<People, 'key'>, secret: string): readonly string[] {
  return Array.from({ length: recoveryCodes }, (_, number) => {
    const mac = createHmac('sha256', key).update(JSON.stringify(['recovery', secret, number]))
    return (base32(mac.digest().subarray(0, 10)).match(/.{4}/g) ?? []).join('-')
  })
}

/**
 * Takes a code, once: of the device, or, once the factor counts, one for recovery.
 *
 * @throws StoreUnavailable; SubjectErased
 */
export async function takeCode(
  people: People,
  context: CommandContext,
  userId: UserId,
  said: string,
): Promise<CodeVerdict> {
  const factor = await secondFactorOf(people, context.tenantId, userId)
  const secret = await secretOfFactor(people, factor)
  const { enrolmentId } = factor
  if (secret === null || enrolmentId === null) return { type: 'wrong' }
  const wait = await people.codes.enter(userId)
  if (wait !== null) return { type: 'throttled', retryAfterSeconds: wait }

  const code = said.replaceAll(/\s/g, '')
  const step = matchingStep(secret, code, Date.parse(context.now))
  const isRight =
    step === null
      ? factor.state === 'confirmed' && (await isFreshRecoveryCode(people, context, userId, enrolmentId, secret, code))
      : await people.codes.take(userId, enrolmentId, step)
  if (!isRight) return { type: 'wrong' }
  await people.codes.forgive(userId)
  return { type: 'right' }
}

/** Of two that come at once the store lets one in. */
async function isFreshRecoveryCode(
  people: People,
  context: CommandContext,
  userId: UserId,
  enrolmentId: string,
  secret: string,
  said: string,
): Promise<boolean> {
  // Guessing one of 80 bits is hopeless, so which one it is may be looked up.
  const number = recoveryCodesOf(people, secret).indexOf(said.toUpperCase())
  if (number < 0) return false
  const command = { type: 'useRecoveryCode', userId, enrolmentId, number } as const
  const outcome = await people.secondFactor({ id: userId, command, context: part(context, 'recovery code') })
  return outcome.type !== 'refused' && accepted(outcome).type === 'recorded'
}
