import { Problem, post, put, type Request, type Route, Uuid } from '@bizosaas/http'
import { streamName, UserId } from '@bizosaas/schemas'
import { SubjectErased } from '@bizosaas/sealed'
import { Type } from 'typebox'
import { changeEmail } from './email.ts'
import type { Sessions } from './oidc/sessions.ts'
import { answerNow, contextOf, Now, type People } from './people.ts'
import { isAskedForCode, takeCode } from './second-factors.ts'
import { selfOf } from './self-routes.ts'
import { Code, Email, Password } from './shapes.ts'
import { type Verdict, whoSignsIn } from './sign-in.ts'

const Secret = Type.String({ minLength: 1, maxLength: 200 })

/** Passwords are no events: they stand with the keys, and end with them. */
export function passwordRoutes(people: People, sessions: Pick<Sessions, 'endAll'>): readonly Route[] {
  const { passwords, users } = people

  const signIn = post('/v1/sign-in', {
    may: 'password:check',
    summary: 'Check an e-mail address and a password',
    description:
      'For the program that shows the sign-in page, which says where the person is. Whether there is such a person, and whether they may sign in, is not told.',
    body: Type.Object(
      {
        email: Email,
        password: Secret,
        code: Type.Optional(Code),
        address: Type.String({ minLength: 1, maxLength: 100, description: 'a network address' }),
      },
      { title: 'SignIn' },
    ),
    answer: Type.Object({ userId: Uuid }, { title: 'SignedIn' }),
    run: async (request) => {
      const { tenantId } = request.principal
      const { code: _, ...said } = request.body
      const verdict = await whoSignsIn(people, { tenantId, ...said })
      refuseThrottled(verdict)
      if (verdict.type === 'wrong')
        throw new Problem('sign-in-failed', 'The e-mail address or the password is not the right one.')
      const userId = UserId.parse(verdict.userId)
      if (await isAskedForCode(people, tenantId, userId)) {
        const context = { ...contextOf(people, request), actor: userId }
        const shown = await takeCode(people, context, userId, request.body.code ?? '')
        refuseThrottled(shown)
        if (shown.type === 'wrong')
          throw new Problem('code-wrong', 'The person has a second factor: send its code of now as `code`.')
      }
      return { userId }
    },
  })

  const change = put('/v1/me/password', {
    may: 'self:edit',
    summary: "Change one's own password, which signs one out everywhere",
    body: Type.Object({ current: Secret, password: Password }, { title: 'NewPassword' }),
    answer: Type.Object({ userId: Uuid }, { title: 'PasswordChanged' }),
    run: async (request) => {
      const userId = await activeSelf(request)
      const { current, password } = request.body
      const verdict = await passwords.check({ subject: userId, account: userId, address: null, password: current })
      refuseThrottled(verdict)
      if (verdict.type === 'wrong') throw new Problem('sign-in-failed', 'The current password is another one.')
      await set(userId, password)
      // Whoever signed in by the old one may not have been its owner.
      await sessions.endAll(request.principal.tenantId, userId)
      return { userId }
    },
  })

  const move = put('/v1/me/email', {
    may: 'self:edit',
    summary: "Change one's own e-mail address, by which one signs in",
    body: Type.Object({ email: Email, password: Secret }, { title: 'NewEmail' }),
    answer: Now,
    run: async (request) => {
      const userId = await activeSelf(request)
      const context = { ...contextOf(people, request), clientIds: null }
      const { email, password } = request.body
      const verdict = await passwords.check({ subject: userId, account: userId, address: null, password })
      refuseThrottled(verdict)
      if (verdict.type === 'wrong') throw new Problem('sign-in-failed', 'The password is another one.')
      const outcome = await changeEmail(people, context, userId, email)
      return answerNow(people, context, 'user', userId, outcome)
    },
  })

  const activeSelf = async (request: Request): Promise<UserId> => {
    const userId = UserId.parse(selfOf(request))
    const { tenantId } = contextOf(people, request)
    const { state } = await users.refresh(streamName('user', tenantId, userId))
    if (state.state !== 'active') throw new Problem('illegal-step', `The person is ${state.state}.`)
    return userId
  }

  const set = async (userId: UserId, password: string) => {
    try {
      await passwords.set(userId, password)
    } catch (error) {
      if (error instanceof SubjectErased) throw new Problem('illegal-step', 'The person is erased.')
      throw error
    }
  }

  return [signIn, change, move]
}

type Throttled = Extract<Verdict, { type: 'throttled' }>

export function refuseThrottled<V extends { readonly type: string }>(
  verdict: V | Throttled,
): asserts verdict is Exclude<V, Throttled> {
  if (verdict.type !== 'throttled') return
  const headers = { 'Retry-After': String((verdict as Throttled).retryAfterSeconds) }
  throw new Problem('too-many-requests', 'There were too many attempts to sign in.', { headers })
}
