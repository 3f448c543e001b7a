import { derivedId } from '@bizosaas/event-store'
import { Problem, post, type Request, type Route, reply } from '@bizosaas/http'
import { streamName, UserId } from '@bizosaas/schemas'
import { SubjectErased } from '@bizosaas/sealed'
import { Type } from 'typebox'
import { refuseThrottled } from './password-routes.ts'
import { accepted, agencyContext, answerNow, contextOf, Now, type People, part } from './people.ts'
import { recoveryCodesOf, secondFactorOf, secretOfFactor, takeCode } from './second-factors.ts'
import { selfOf } from './self-routes.ts'
import { Code } from './shapes.ts'
import { enrolmentUri, newSecret } from './totp.ts'

const CodeBody = Type.Object({ code: Code }, { title: 'OneTimeCode' })

/** A device that makes one-time codes, which is asked for at sign-in from when it is confirmed. */
export function secondFactorRoutes(people: People): readonly Route[] {
  const enrol = post('/v1/me/second-factor', {
    may: 'self:edit',
    summary: 'Get a secret for a device that makes one-time codes',
    description: 'It counts once it is confirmed; until then another one takes its place.',
    answer: Type.Object(
      {
        secret: Type.String({ description: 'In Base32, to be typed in' }),
        uri: Type.String({
          description: 'The same with everything else that an authenticator app reads, as a QR code',
        }),
      },
      { title: 'SecondFactorEnrolment' },
    ),
    status: 201,
    run: async (request) => {
      const { context, userId } = await activeSelf(request)
      const enrolmentId = derivedId(context.commandId, 'enrolment')
      const sealed = await people.seal(userId, { secret: newSecret() }).catch((error) => {
        throw error instanceof SubjectErased ? new Problem('illegal-step', 'The person is erased.') : error
      })
      const command = { type: 'enrol', userId, enrolmentId, ...sealed } as const
      const { state, position } = accepted(await people.secondFactor({ id: userId, command, context }))
      // As it was recorded: a repeated request is told the secret of the first time.
      const secret = (await secretOfFactor(people, state)) ?? ''
      const token = people.tokenOf(streamName('secondFactor', context.tenantId, userId))
      return reply({ secret, uri: enrolmentUri(secret, 'BizOSaaS', userId) }, 201, {
        'X-Consistency-Token': token(position),
        'Cache-Control': 'no-store',
      })
    },
  })

  const confirm = post('/v1/me/second-factor/confirm', {
    may: 'self:edit',
    summary: 'Show that the device makes the right codes: from now on one is asked for at sign-in',
    body: CodeBody,
    answer: Type.Object(
      {
        recoveryCodes: Type.Array(Type.String(), { description: 'Each stands in for the device once; told this once' }),
      },
      { title: 'RecoveryCodes' },
    ),
    run: async (request) => {
      const { context, userId } = await activeSelf(request)
      const { enrolmentId, state } = await secondFactorOf(people, context.tenantId, userId)
      const none = new Problem('illegal-step', 'There is no second factor to be confirmed: enrol one first.', {
        members: { state, verb: 'confirm' },
      })
      if (enrolmentId === null) throw none
      if (state === 'enrolled') await rightCode(context, userId, request.body.code)
      const command = { type: 'confirm', userId, enrolmentId } as const
      const outcome = accepted(await people.secondFactor({ id: userId, command, context }))
      // The codes are told to the request that confirmed it, and to its repetitions.
      if (outcome.type === 'unchanged') throw none
      return { recoveryCodes: [...recoveryCodesOf(people, (await secretOfFactor(people, outcome.state)) ?? '')] }
    },
  })

  const remove = post('/v1/me/second-factor/remove', {
    may: 'self:edit',
    summary: 'Be asked for no one-time code any more',
    body: CodeBody,
    answer: Now,
    run: async (request) => {
      const { context, userId } = await activeSelf(request)
      if ((await secondFactorOf(people, context.tenantId, userId)).state === 'confirmed')
        await rightCode(context, userId, request.body.code)
      const outcome = await people.secondFactor({ id: userId, command: { type: 'remove', userId }, context })
      return answerNow(people, context, 'secondFactor', userId, outcome)
    },
  })

  const removeLost = post('/v1/users/{id}/second-factor/remove', {
    may: 'secondFactor:remove',
    summary: 'Ask a person who lost their device and their recovery codes for no one-time code any more',
    answer: Now,
    run: async (request) => {
      const context = agencyContext(people, request)
      const userId = UserId.parse(request.params.id)
      const command = { type: 'remove', userId } as const
      const outcome = await people.secondFactor({ id: userId, command, context, ifMatch: request.ifMatch })
      return answerNow(people, context, 'secondFactor', userId, outcome)
    },
  })

  const rightCode = async (context: ReturnType<typeof contextOf>, userId: UserId, code: string) => {
    const verdict = await takeCode(people, part(context, 'code'), userId, code)
    refuseThrottled(verdict)
    if (verdict.type === 'wrong') throw new Problem('code-wrong', 'The code is not the right one, or was used before.')
  }

  const activeSelf = async (request: Request) => {
    const context = { ...contextOf(people, request), clientIds: null }
    const userId = selfOf(request)
    const { state } = await people.users.refresh(streamName('user', context.tenantId, userId))
    if (state.state !== 'active') throw new Problem('illegal-step', `The person is ${state.state}.`)
    return { context, userId }
  }

  return [enrol, confirm, remove, removeLost]
}
