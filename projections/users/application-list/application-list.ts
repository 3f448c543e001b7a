import type { EventType, Instant } from '@bizosaas/schemas'
import { type FoldHandlers, fold, type Owned, type Recorded } from '../../runner/projection.ts'

/** A program that may ask for access tokens, as it is now. */
export type ApplicationRow = Owned & {
  readonly id: string
  readonly title: string
  readonly has_secret: boolean
  readonly secret_version: number
  readonly redirect_uris: readonly string[]
  /** What it may do for itself. */
  readonly roles: readonly string[]
  /** For which clients; null for all of the agency. */
  readonly clients: readonly string[] | null
  readonly is_retired: boolean
  readonly revision: number
  readonly position: number
  readonly created_at: Instant
  readonly changed_at: Instant
}

type ApplicationEventType = Extract<EventType, `Application${string}`>
type ApplicationEvent = Recorded<ApplicationEventType>

const on: Required<Pick<FoldHandlers<ApplicationRow>, ApplicationEventType>> = {
  ApplicationRegistered: (_, event) => ({
    tenant_id: event.tenantId,
    id: event.data.applicationId,
    client_id: event.clientId,
    title: event.data.title,
    has_secret: event.data.hasSecret,
    secret_version: 0,
    redirect_uris: event.data.redirectUris,
    roles: event.data.roles,
    clients: event.data.clients,
    is_retired: false,
    revision: event.revision,
    position: event.position,
    created_at: event.recordedAt,
    changed_at: event.recordedAt,
  }),
  ApplicationSecretRotated: (row, event) => changed(row, event, { secret_version: event.data.secretVersion }),
  ApplicationRetired: (row, event) => changed(row, event, { is_retired: true }),
}

export const applicationList = fold<ApplicationRow>({
  name: 'application-list',
  version: 1,
  table: new URL('./table.sql', import.meta.url),
  id: idOf,
  on,
})

function changed(row: ApplicationRow | null, event: ApplicationEvent, fields: Partial<ApplicationRow>): ApplicationRow {
  if (row === null) throw new Error(`${event.type} of an application that was never registered.`)
  return { ...row, ...fields, revision: event.revision, position: event.position, changed_at: event.recordedAt }
}

/** @throws if its stream is another application's: a row has one writer stream */
function idOf(event: Recorded): string {
  const { applicationId } = (event as ApplicationEvent).data
  if (!event.stream.endsWith(`.${applicationId}`))
    throw new Error(`An event of application ${applicationId} stands in the stream ${event.stream}.`)
  return applicationId
}
