import { type Instant, parseStreamName } from '@bizosaas/schemas'
import { everyEvent, type Owned, type Recorded, rows } from '../../runner/projection.ts'

/**
 * Who did what, when, from where, for whom: of every fact one row, and of a reading of personal data one for each person. It says
 * that something happened to something; what it says in detail stays with the event.
 */
export type AuditTrailRow = Owned & {
  readonly position: number
  /** Among the rows of its event. */
  readonly ordinal: number
  readonly event_id: string
  readonly type: string
  readonly stream: string
  /** The person that it is about, or else the thing. */
  readonly subject: string
  readonly actor: string
  readonly roles: string | null
  readonly origin: string | null
  readonly command_id: string
  readonly correlation_id: string
  readonly causation_id: string
  readonly recorded_at: Instant
}

export const auditTrail = rows<AuditTrailRow>({
  name: 'audit-trail',
  version: 1,
  store: 'postgres',
  table: new URL('./table.sql', import.meta.url),
  readsEnvelopes: true,
  on: everyEvent((event) =>
    subjectsOf(event).map((subject, ordinal) => ({
      tenant_id: event.tenantId,
      client_id: event.clientId,
      position: event.position,
      ordinal,
      event_id: event.eventId,
      type: event.type,
      stream: event.stream,
      subject,
      actor: event.actor,
      roles: event.roles,
      origin: event.origin,
      command_id: event.commandId,
      correlation_id: event.correlationId,
      causation_id: event.causationId,
      recorded_at: event.recordedAt,
    })),
  ),
})

/** @throws where the stream is none of ours */
function subjectsOf({ type, data, stream }: Recorded): readonly string[] {
  if (type === 'PersonalDataRead') return data.subjects
  if ('userId' in data) return [data.userId]
  const name = parseStreamName(stream)
  if (name === null) throw new Error(`${stream} is no stream of this system.`)
  return [name.id]
}
