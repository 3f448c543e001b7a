/** Sign-in and consent: what oidc-provider calls an interaction, which only the browser that began it can go on with. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { UserId } from '@bizosaas/schemas'
import { errors, type InteractionResults, type Provider } from 'oidc-provider'
import { holderOfIdentity } from '../identity-links.ts'
import type { People } from '../people.ts'
import { isAskedForCode, takeCode } from '../second-factors.ts'
import { whoSignsIn } from '../sign-in.ts'
import { addressOf, deviceOf, isOurs, readForm, redirect, sendPage, tokenField } from './form.ts'
import { html } from './html.ts'
import { type ApplicationId, applicationOf, claimsOfPerson } from './identity.ts'
import { explain, type Outside } from './outside.ts'
import type { OutsideClient } from './outside-client.ts'
import type { Visit } from './outside-visits.ts'
import { passedIn, passedToken } from './passed.ts'
import { contextFor, type Sessions } from './sessions.ts'
import { codePage, consentPage, originOf, overPage, type Shown, signInPage } from './sign-in-html.ts'
import { sessionIdOf } from './state.ts'

interface Means {
  readonly people: People
  readonly provider: () => Provider
  readonly sessions: Sessions
  readonly outside: Outside
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

export interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly uid: string
}

export function signInPages({ people, provider, sessions, outside }: Means) {
  /** Null where the browser has no such sign-in under way: too late, another browser, or a forged request. */
  const underWay = async ({ request, response, uid }: Asked): Promise<Interaction | null> => {
    try {
      const found = await provider().interactionDetails(request, response)
      return found.uid === uid ? found : null
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return null
      throw error
    }
  }

  /** @param by the outside provider that somebody wants to sign in by */
  const answer = async (asked: Asked, by: string | undefined): Promise<void> => {
    const interaction = await underWay(asked)
    if (interaction === null) return sendPage(asked.response, 400, overPage())
    if (asked.request.method !== 'POST')
      return by === undefined ? show(asked, interaction, null) : goOutside(asked, interaction, by)
    const form = await readForm(asked.request)
    if (!isOurs(people.key, interaction.uid, form)) return sendPage(asked.response, 403, overPage())
    if (form.get('action') === 'cancel') return finish(asked, { error: 'access_denied' })
    if (interaction.prompt.name !== 'login') return consent(asked, interaction)
    return form.has('passed') ? secondStep(asked, interaction, form) : signIn(asked, interaction, form)
  }

  const show = async (asked: Asked, interaction: Interaction, mistake: string | null, status = 200, more = {}) => {
    const client = await provider().Client.find(String(interaction.params.client_id))
    const [title, shown] = [client?.clientName ?? '', shownFor(interaction)]
    const made =
      interaction.prompt.name === 'login'
        ? signInPage(title, shown, outside.providers, mistake)
        : consentPage(title, shown)
    sendPage(asked.response, status, made, more)
  }

  const shownFor = ({ uid, params }: Interaction): Shown => ({
    uid,
    hidden: tokenField(people.key, uid),
    target: originOf(String(params.redirect_uri ?? '')),
  })

  const goOutside = async (asked: Asked, interaction: Interaction, by: string) => {
    const to = outside.find(by)
    if (to === null || interaction.prompt.name !== 'login') return sendPage(asked.response, 400, overPage())
    try {
      const at = await outside.visits.begin(to, { type: 'signIn', interaction: interaction.uid })
      return redirect(asked.response, at)
    } catch (error) {
      const { text, status, more } = explain(error, to)
      return show(asked, interaction, text, status, more)
    }
  }

  /** Whoever comes back from an outside provider is whom the account there was linked with, or nobody. */
  const cameBack = async (
    asked: Asked,
    from: OutsideClient,
    said: URLSearchParams,
    { question }: Visit,
  ): Promise<void> => {
    const interaction = await underWay(asked)
    if (interaction?.prompt.name !== 'login') return sendPage(asked.response, 400, overPage())
    const { issuer, title } = from.provider
    try {
      const { tenantId } = applicationIn(interaction)
      const subject = await from.whoCame(said, question)
      const userId = await holderOfIdentity(people, tenantId, { issuer, subject })
      if (userId !== null && (await claimsOfPerson(people, tenantId, userId)) !== null)
        return await passedFirst(asked, interaction, userId, ['fed', issuer])
    } catch (error) {
      const { text, status, more } = explain(error, from)
      return show(asked, interaction, text, status, more)
    }
    const text = `No person of this agency signs in with that account at ${title}. Sign in by your password; the page /oidc/sessions then links the account.`
    return show(asked, interaction, text, 403)
  }

  const signIn = async (asked: Asked, interaction: Interaction, form: URLSearchParams) => {
    const { tenantId } = applicationIn(interaction)
    const verdict = await whoSignsIn(people, {
      tenantId,
      email: form.get('email') ?? '',
      password: form.get('password') ?? '',
      address: addressOf(asked.request),
    })
    switch (verdict.type) {
      case 'right':
        return passedFirst(asked, interaction, verdict.userId, ['pwd'])
      case 'wrong':
        return show(asked, interaction, 'The e-mail address or the password is not the right one.', 403)
      case 'throttled': {
        const after = { 'Retry-After': String(verdict.retryAfterSeconds) }
        const text = `There were too many attempts. Wait ${verdict.retryAfterSeconds} s and try again.`
        return show(asked, interaction, text, 429, after)
      }
    }
  }

  /** Whoever has a second factor is not signed in before it was shown too. */
  const passedFirst = async (asked: Asked, interaction: Interaction, userId: string, how: readonly string[]) => {
    const { tenantId } = applicationIn(interaction)
    if (!(await isAskedForCode(people, tenantId, userId)))
      return finish(asked, { login: { accountId: userId, amr: [...how] } })
    askForCode(asked, interaction, passedToken(people, interaction.uid, { userId, how }), null)
  }

  const askForCode = (
    { response }: Asked,
    interaction: Interaction,
    passed: string,
    mistake: string | null,
    status = 200,
    more = {},
  ) => {
    const shown = shownFor(interaction)
    const hidden = html`${shown.hidden}<input type="hidden" name="passed" value="${passed}">`
    sendPage(response, status, codePage({ ...shown, hidden }, mistake), more)
  }

  const secondStep = async (asked: Asked, interaction: Interaction, form: URLSearchParams) => {
    const token = form.get('passed') ?? ''
    const passed = passedIn(people, interaction.uid, token)
    if (passed === null) return show(asked, interaction, 'That took too long: sign in once more.', 403)
    const { tenantId } = applicationIn(interaction)
    const userId = UserId.parse(passed.userId)
    const context = contextFor(tenantId, userId)
    const verdict = await takeCode(people, context, userId, form.get('code') ?? '')
    switch (verdict.type) {
      case 'right':
        return finish(asked, { login: { accountId: userId, amr: [...passed.how, 'otp', 'mfa'] } })
      case 'wrong':
        return askForCode(asked, interaction, token, 'The code is not the right one, or was used before.', 403)
      case 'throttled': {
        const after = { 'Retry-After': String(verdict.retryAfterSeconds) }
        const text = `There were too many attempts. Wait ${verdict.retryAfterSeconds} s and try again.`
        return askForCode(asked, interaction, token, text, 429, after)
      }
    }
  }

  const consent = async (asked: Asked, interaction: Interaction) => {
    const { tenantId, applicationId } = applicationIn(interaction)
    const accountId = interaction.session?.accountId ?? ''
    const known = interaction.grantId === undefined ? undefined : await provider().Grant.find(interaction.grantId)
    const grant = known ?? new (provider().Grant)({ accountId, clientId: String(interaction.params.client_id) })
    grant.addOIDCScope('openid')
    const grantId = await grant.save()
    await sessions.tie(sessionIdOf(grantId), interaction.session?.uid ?? '')
    const userId = UserId.parse(accountId)
    const { request } = asked
    await sessions.start(tenantId, userId, {
      sessionId: sessionIdOf(grantId),
      applicationId,
      device: deviceOf(request),
      address: addressOf(request),
      methods: interaction.session?.amr ?? [],
    })
    return finish(asked, { consent: { grantId } })
  }

  const finish = async ({ request, response }: Asked, result: InteractionResults) =>
    redirect(
      response,
      await provider().interactionResult(request, response, result, { mergeWithLastSubmission: !('error' in result) }),
    )

  return { answer, cameBack }
}

function applicationIn({ params }: Interaction): ApplicationId {
  const found = applicationOf(String(params.client_id))
  if (found === null) throw new Error('There is no such application.')
  return found
}
