/**
 * A program that gets access tokens: for people who sign in with it, or for itself (a partner, another service).
 *
 *   registered → retired; its secret may be rotated in between
 */
import { alreadyDone, type Decider, type Refusal } from '@bizosaas/event-store'
import type {
  ApplicationRegistered,
  ApplicationRetired,
  ApplicationSecretRotated,
  DomainEvent,
} from '@bizosaas/schemas'

export type ApplicationEvent = DomainEvent<'ApplicationRegistered' | 'ApplicationSecretRotated' | 'ApplicationRetired'>
export type ApplicationCommand =
  | ({ readonly type: 'register' } & ApplicationRegistered)
  | ({ readonly type: 'rotateSecret' } & ApplicationSecretRotated)
  | ({ readonly type: 'retire' } & ApplicationRetired)

/** Null before it is registered. The secret follows from its version, and is stored nowhere. */
export type Application =
  | (ApplicationRegistered & { readonly secretVersion: number; readonly isRetired: boolean })
  | null

export const application: Decider<ApplicationCommand, ApplicationEvent, Application> = {
  category: 'application',
  initial: null,
  clientOf: () => null,

  decide(command, application) {
    const { applicationId } = command
    if (command.type === 'register') {
      if (application !== null) return alreadyDone
      const { type: _, ...data } = command
      return misfit(data) ?? [{ type: 'ApplicationRegistered', data }]
    }
    if (application === null) return { refusal: 'not-found', detail: `There is no application ${applicationId}.` }
    if (command.type === 'retire')
      return application.isRetired ? alreadyDone : [{ type: 'ApplicationRetired', data: { applicationId } }]
    if (application.isRetired)
      return {
        refusal: 'illegal-step',
        detail: 'The application is retired: register another one.',
        state: 'retired',
        verb: 'rotateSecret',
      }
    if (!application.hasSecret) return { refusal: 'invalid', detail: 'The application has no secret.' }
    const { secretVersion } = command
    if (secretVersion <= application.secretVersion) return alreadyDone
    if (secretVersion > application.secretVersion + 1)
      return { refusal: 'conflict', detail: 'The secret has not been rotated so often.' }
    return [{ type: 'ApplicationSecretRotated', data: { applicationId, secretVersion } }]
  },

  evolve(application, event) {
    switch (event.type) {
      case 'ApplicationRegistered':
        return { ...event.data, secretVersion: 0, isRetired: false }
      case 'ApplicationSecretRotated':
        return application && { ...application, secretVersion: event.data.secretVersion }
      case 'ApplicationRetired':
        return application && { ...application, isRetired: true }
    }
  },
}

function misfit({ hasSecret, redirectUris, roles }: ApplicationRegistered): Refusal | null {
  if (redirectUris.length === 0 && roles.length === 0)
    return {
      refusal: 'invalid',
      detail: 'An application needs an address to send people back to, or a role of its own.',
    }
  if (!hasSecret && roles.length > 0)
    return { refusal: 'invalid', detail: 'Who acts for itself must have a secret to prove who it is.' }
  return null
}
