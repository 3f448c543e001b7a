import type { EventType, UserId } from '@bizosaas/schemas'
import type { FoldHandlers, Recorded } from '../runner/projection.ts'

export type UserEventType = Extract<EventType, `User${string}`>
export type MembershipEventType = Extract<EventType, `Membership${string}`>
export type PersonEvent = Recorded<UserEventType | MembershipEventType>

/** Handler maps that leave no event out: a new one is a compile error until it has its line. */
export type UserFold<R> = Required<Pick<FoldHandlers<R>, UserEventType>>
export type MembershipFold<R> = Required<Pick<FoldHandlers<R>, MembershipEventType>>

/**
 * The person that an event is about.
 * @throws if its stream is another person's: a row has one writer stream
 */
export function userIdOf(event: Recorded): UserId {
  const { userId } = (event as PersonEvent).data
  if (!event.stream.endsWith(`.${userId}`))
    throw new Error(`An event of user ${userId} stands in the stream ${event.stream}.`)
  return userId
}
