/** Events that no projection, reaction or partner topic reads, and why that is right. */
import type { EventType } from '@bizosaas/schemas'

export const waivers: { readonly [T in EventType]?: string } = {
  AdAccountRegistered:
    'its decider alone needs it: what is observed about an account repeats its platform and currency',
  ValueClaimed: 'its stream is the guard that keeps a value unique; the fact itself is told by another event',
  Unreadable: 'stands for an event that could not be published; every projection that handles that event parks it',
}
