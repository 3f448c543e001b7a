/** Who signs in by e-mail address and password. */
import { streamName, type TenantId } from '@bizosaas/schemas'
import { holderOfEmail } from './email.ts'
import type { People } from './people.ts'

interface SignIn {
  readonly tenantId: TenantId
  readonly email: string
  readonly password: string
  /** The network address that it comes from. */
  readonly address: string
}

export type Verdict =
  | { readonly type: 'right'; readonly userId: string }
  | { readonly type: 'wrong' }
  | { readonly type: 'throttled'; readonly retryAfterSeconds: number }

/** The same steps for everybody, also for those who are not there. */
export async function whoSignsIn(people: People, { tenantId, email, password, address }: SignIn): Promise<Verdict> {
  const { passwords, digest, users } = people
  const holder = (await holderOfEmail(people, tenantId, email)) ?? tenantId
  const { state } = await users.refresh(streamName('user', tenantId, holder))
  const subject = state.state === 'active' ? holder : null
  const verdict = await passwords.check({ subject, account: digest(tenantId, email), address, password })
  if (verdict.type === 'throttled') return verdict
  return verdict.type === 'right' ? { type: 'right', userId: holder } : { type: 'wrong' }
}
