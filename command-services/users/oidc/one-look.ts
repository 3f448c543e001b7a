/**
 * One look for each request: a sign-in server asks who an application and a person are several times while it answers. What a
 * request has read of a stream stands until it is answered; the next one reads anew.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { FoldedStreams } from '@bizosaas/event-store'
import type { DomainEvent } from '@bizosaas/schemas'
import type { People } from '../people.ts'

export interface OneLook {
  readonly people: People
  /** Answers a request; while it does, each stream is read once. */
  readonly during: <Answered>(answer: () => Promise<Answered>) => Promise<Answered>
}

/** For requests that write to none of these streams. */
export function oneLook(people: People): OneLook {
  const looks = new AsyncLocalStorage<Map<string, unknown>>()

  const once = <Event extends DomainEvent, State>(
    streams: FoldedStreams<Event, State>,
  ): FoldedStreams<Event, State> => ({
    ...streams,
    refresh: (stream) => {
      const seen = looks.getStore()
      const known = seen?.get(stream) as ReturnType<typeof streams.refresh> | undefined
      if (known !== undefined) return known
      const reading = streams.refresh(stream)
      seen?.set(stream, reading)
      return reading
    },
  })

  return {
    people: {
      ...people,
      tenants: once(people.tenants),
      users: once(people.users),
      memberships: once(people.memberships),
      roles: once(people.roles),
      applications: once(people.applications),
    },
    during: (answer) => looks.run(new Map(), answer),
  }
}
