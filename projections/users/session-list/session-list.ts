import type { EventType, Instant, Sealed } from '@bizosaas/schemas'
import { type FoldHandlers, fold, type Owned, type Recorded } from '../../runner/projection.ts'

/** A sign-in of a person with an application. By what and from where stays sealed. */
export type SessionRow = Owned & {
  readonly id: string
  readonly user_id: string
  readonly application_id: string
  readonly device: Sealed
  readonly address: Sealed
  /** By what the person showed who they are. */
  readonly methods: readonly string[]
  readonly state: 'active' | 'signedOut' | 'reuseDetected'
  readonly revision: number
  readonly position: number
  readonly started_at: Instant
  /** Null for one that nobody ended; its tokens may have expired. */
  readonly ended_at: Instant | null
}

type SessionEventType = Extract<EventType, `Session${string}`>
type SessionEvent = Recorded<SessionEventType>

const on: Required<Pick<FoldHandlers<SessionRow>, SessionEventType>> = {
  SessionStarted: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.sessionId,
    client_id: event.clientId,
    user_id: event.data.userId,
    application_id: event.data.applicationId,
    device: event.data.device,
    address: event.data.address,
    methods: event.data.methods,
    state: 'active',
    revision: event.revision,
    position: event.position,
    started_at: event.recordedAt,
    ended_at: null,
  }),
  SessionSignedOut: (row, event) => ended(row, event, 'signedOut'),
  SessionReuseDetected: (row, event) => ended(row, event, 'reuseDetected'),
}

export const sessionList = fold<SessionRow>({
  name: 'session-list',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: idOf,
  on,
})

function ended(row: SessionRow | null, event: SessionEvent, state: SessionRow['state']): SessionRow {
  if (row === null) throw new Error(`${event.type} of a session that never started.`)
  return { ...row, state, revision: event.revision, position: event.position, ended_at: event.recordedAt }
}

/** @throws if its stream is another session's: a row has one writer stream */
function idOf(event: Recorded): string {
  const { sessionId } = (event as SessionEvent).data
  if (!event.stream.endsWith(`.${sessionId}`))
    throw new Error(`An event of session ${sessionId} stands in the stream ${event.stream}.`)
  return sessionId
}
