/** An agency whose people sign in: made through the users service, as an owner makes it. */
import { randomUUID } from 'node:crypto'
import type { Application } from '@bizosaas/command-services/users/testing/browser.ts'
import { newToken } from '../lib/token.ts'

export type Agency = {
  readonly application: Application
  readonly people: readonly { readonly email: string; readonly password: string }[]
}

const redirectUri = 'https://app.test/back'

export const newAgency = async (
  users: string,
  settings: Readonly<Record<string, string>>,
  size: number,
): Promise<Agency> => {
  const tenantId = randomUUID()
  const [owner, page] = [newToken(settings, 'owner', tenantId), newToken(settings, 'service', tenantId)]
  const post = async <Answer>(path: string, body: object, token = owner): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${users}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Answer
  }
  const join = async () => {
    const person = { email: `ann.${randomUUID()}@example.org`, password: `long enough ${randomUUID()}` }
    const about = { email: person.email, givenName: 'Ann', familyName: 'Lee', roles: ['analyst'] }
    const invited = await post<{ invitationId: string; secret: string }>('/v1/users', about)
    const accepted = { secret: invited.secret, password: person.password }
    await post(`/v1/invitations/${invited.invitationId}/accept`, accepted, page)
    return person
  }
  const registered = { title: 'Dashboard', hasSecret: false, redirectUris: [redirectUri] }
  const { clientId } = await post<{ clientId: string }>('/v1/applications', registered)
  return {
    application: { clientId, secret: null, redirectUri },
    people: await Promise.all(Array.from({ length: size }, join)),
  }
}
