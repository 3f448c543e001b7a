/** Where somebody who was invited chooses a password. The address of the page is the invitation. */
import { Problem } from '@bizosaas/http'
import { TenantId } from '@bizosaas/schemas'
import { acceptInvitation } from '../accept.ts'
import type { People } from '../people.ts'
import { isOurs, readForm, sendPage, tokenField } from './form.ts'
import { alarm, html, page } from './html.ts'
import { contextFor } from './sessions.ts'
import type { Asked } from './sign-in-pages.ts'

export const joinPath = (tenantId: string, invitationId: string, secret: string) =>
  `/oidc/join/${tenantId}/${invitationId}/${secret}`

export function joinPage(people: People) {
  return async ({ request, response }: Omit<Asked, 'uid'>, [tenant = '', id = '', secret = '']: readonly string[]) => {
    const bound = `${tenant} ${id} ${secret}`
    const show = (mistake: string | null, status = 200) =>
      sendPage(response, status, choosePage(tokenField(people.key, bound), mistake))
    if (request.method !== 'POST') return show(null)
    const form = await readForm(request)
    if (!isOurs(people.key, bound, form)) return show('Try once more.', 403)
    const password = form.get('password') ?? ''
    if (password.length < 12 || password.length > 200) return show('A password has 12 to 200 characters.', 422)
    if (password !== form.get('again')) return show('The two are not the same.', 422)
    try {
      const tenantId = TenantId.parse(tenant)
      await acceptInvitation(people, contextFor(tenantId, 'sign-in'), id, secret, password)
    } catch (error) {
      // Whatever is wrong with an invitation, nobody is told who it was for.
      if (error instanceof Problem && error.status < 500) return show('This invitation is not valid any more.', 404)
      if (error instanceof TypeError || error instanceof RangeError) return show('This is no invitation.', 404)
      throw error
    }
    return sendPage(response, 200, page('Welcome', html`<p>Your password is set. You can sign in now.</p>`))
  }
}

const choosePage = (hidden: ReturnType<typeof html>, mistake: string | null) =>
  page(
    'Choose a password',
    html`${alarm(mistake)}
<form method="post">
${hidden}
<label>Password<input type="password" name="password" autocomplete="new-password" required minlength="12" maxlength="200" autofocus></label>
<label>Once more<input type="password" name="again" autocomplete="new-password" required minlength="12" maxlength="200"></label>
<p class="hint">At least 12 characters; several words are easy to remember.</p>
<button class="main" type="submit">Join</button>
</form>`,
  )
