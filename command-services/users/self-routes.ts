import { notFound, Problem, put, type Request, type Route } from '@bizosaas/http'
import { UserId } from '@bizosaas/schemas'
import { SubjectErased } from '@bizosaas/sealed'
import { Type } from 'typebox'
import { Maybe, Name, TimeZone } from '../shapes.ts'
import { answerNow, contextOf, Now, type People } from './people.ts'
import { Locale, Phone } from './shapes.ts'
import type { UserCommand } from './user.ts'

const Channels = Type.Object(
  { email: Type.Boolean(), sms: Type.Boolean(), push: Type.Boolean(), webhook: Type.Boolean() },
  { title: 'Channels', description: 'Whether it is wanted, unless said otherwise' },
)

/** What everybody may change about themselves: whoever the token names. */
export function selfRoutes(people: People): readonly Route[] {
  const send = async (request: Request, commandOf: (userId: UserId) => UserCommand | Promise<UserCommand>) => {
    // People reach themselves, whichever client their token is for.
    const context = { ...contextOf(people, request), clientIds: null }
    const userId = selfOf(request)
    const command = await commandOf(userId)
    const outcome = await people.user({ id: userId, command, context, ifMatch: request.ifMatch })
    return answerNow(people, context, 'user', userId, outcome)
  }

  const profile = put('/v1/me/profile', {
    may: 'self:edit',
    summary: "Change one's own name and telephone number",
    body: Type.Object({ givenName: Name, familyName: Name, phone: Maybe(Phone) }, { title: 'Profile' }),
    answer: Now,
    run: (request) =>
      send(request, async (userId) => {
        const { givenName, familyName, phone = null } = request.body
        const names = { givenName: givenName.trim(), familyName: familyName.trim() }
        const sealed = await sealKnown(userId, phone === null ? names : { ...names, phone })
        return { type: 'changeProfile', userId, phone: null, ...sealed }
      }),
  })

  const sealKnown = async <Texts extends Readonly<Record<string, string>>>(userId: UserId, texts: Texts) => {
    try {
      return await people.seal<keyof Texts & string>(userId, texts)
    } catch (error) {
      if (error instanceof SubjectErased) throw new Problem('illegal-step', 'The person is erased.')
      throw error
    }
  }

  const preferences = put('/v1/me/preferences', {
    may: 'self:edit',
    summary: "Set one's own language, time zone and ways of being told",
    body: Type.Object({ locale: Locale, timeZone: TimeZone, notifications: Channels }, { title: 'Preferences' }),
    answer: Now,
    run: (request) => send(request, (userId) => ({ type: 'setPreferences', userId, ...request.body })),
  })

  return [profile, preferences]
}

export function selfOf({ principal: { subject } }: Request): UserId {
  try {
    return UserId.parse(subject)
  } catch {
    throw notFound('The access token is of a program, not of a person.')
  }
}
