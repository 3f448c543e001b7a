import {
  type ClientId,
  type EventData,
  type EventType,
  eventTypes,
  type Instant,
  schemaOf,
  type TenantId,
} from '@bizosaas/schemas'

/**
 * A projection turns events into the rows of one table. Its handler map, keyed by event type, is its subscription: what
 * the map does not name is not applicable and only moves the checkpoint.
 *
 * Handlers are pure: no clock, randomness, environment or network, so that a rebuild makes the same rows. They know no
 * Kafka and no SQL. One that throws parks its stream (see unparked.ts) and holds up no other.
 *
 * Glossary:
 *   position    the event's commit position in the event store, the one order of everything
 *   revision    the event's number in its stream, from 0
 *   model       the name of a projection without its version; `read_model.live_version` says which version serves
 *   checkpoint  how far one version of a model is in one partition; it moves together with the rows or not at all
 */
export type Projection = FoldProjection | RowsProjection

/** An event as a handler sees it: what happened, and what is known about it. */
export type Recorded<T extends EventType = EventType> = {
  readonly [K in T]: {
    readonly type: K
    readonly data: EventData[K]
    readonly eventId: string
    readonly stream: string
    readonly revision: number
    readonly position: number
    readonly tenantId: TenantId
    readonly clientId: ClientId | null
    readonly actor: string
    /** Which the actor held, with spaces between; null where nobody sent a request. */
    readonly roles: string | null
    /** A keyed hash of where the request came from. */
    readonly origin: string | null
    readonly commandId: string
    readonly correlationId: string
    readonly causationId: string
    readonly recordedAt: Instant
  }
}[T]

/** A row by the names of its columns. A bigint column holds a safe integer; instants and days are strings. */
export type Row = Readonly<Record<string, unknown>>

/** Whose a row is. Every row says so, and the tenant is first in every key. */
export type Owned = {
  readonly tenant_id: TenantId
  readonly client_id: ClientId | null
}

export type FoldHandlers<R> = { readonly [T in EventType]?: (row: R | null, event: Recorded<T>) => R | null }
export type RowsHandlers<R> = { readonly [T in EventType]?: (event: Recorded<T>) => readonly R[] }

type Definition = {
  /** kebab-case; the table is named after it: `campaign-list` version 3 fills `campaign_list_v3`. */
  readonly name: string
  /** Raised whenever the rows would come out differently: a new version fills a new table. */
  readonly version: number
  /** A file that creates `{table}` and its indexes. Who may read it is added by tables.ts, the same for all. */
  readonly table: URL
  /**
   * Its rows follow from what is known around events, and from ids in them: a new event or another field changes no row that is there.
   * So its version stays. Runners that know an event come before the services that record it.
   */
  readonly readsEnvelopes?: true
}

/** Rows that are carried from event to event. The primary key is (tenant_id, id), and one stream alone writes a row. */
export type FoldProjection = Definition & {
  readonly kind: 'fold'
  readonly store: 'postgres'
  readonly types: ReadonlySet<string>
  readonly id: (event: Recorded) => string
  readonly handle: (row: Row | null, event: Recorded) => Row | null
}

/** Rows that come from one event each and are only ever inserted. */
export type RowsProjection = Definition & {
  readonly kind: 'rows'
  readonly store: 'postgres' | 'clickhouse'
  readonly types: ReadonlySet<string>
  readonly handle: (event: Recorded) => readonly Row[]
}

/** Defines a fold: a row follows from the row before it and an event; null stands for no row. */
export function fold<R extends Owned & { readonly id: string }>(
  definition: Definition & { readonly id: (event: Recorded) => string; readonly on: FoldHandlers<R> },
): FoldProjection {
  const { on, ...rest } = checked(definition)
  // Erased once, here: that a handler fits the events of its key is known to the type of the map alone.
  const handlers = on as Readonly<Record<string, (row: Row | null, event: Recorded) => Row | null>>
  return {
    ...rest,
    kind: 'fold',
    store: 'postgres',
    types: new Set(Object.keys(on)),
    handle: (row, event) => handlerOf(handlers, event.type)(row, event),
  }
}

/** A handler for every event there is, whoever comes to be; but for what stands beside a fact and is none. */
export function everyEvent<R extends Owned>(handler: (event: Recorded) => readonly R[]): RowsHandlers<R> {
  const facts = eventTypes.filter((type) => !['claim', null].includes(schemaOf(type).category))
  return Object.fromEntries(facts.map((type) => [type, handler]))
}

/** Defines insert-only rows: an event yields the same rows every time. */
export function rows<R extends Owned>(
  definition: Definition & { readonly store: 'postgres' | 'clickhouse'; readonly on: RowsHandlers<R> },
): RowsProjection {
  const { on, ...rest } = checked(definition)
  const handlers = on as Readonly<Record<string, (event: Recorded) => readonly Row[]>>
  return {
    ...rest,
    kind: 'rows',
    types: new Set(Object.keys(on)),
    handle: (event) => handlerOf(handlers, event.type)(event),
  }
}

/** `campaign-list` version 3 is the table `campaign_list_v3`. */
export function tableName({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name.replaceAll('-', '_')}_v${version}`
}

/** What a table in ClickHouse is read through by those who answer questions: see scope-view.sql. */
export const scopedView = (table: string): string => `scoped_${table}`

function handlerOf<H>(handlers: Readonly<Record<string, H>>, type: string): H {
  const handler = handlers[type]
  if (handler === undefined) throw new Error(`There is no handler for ${type}.`)
  return handler
}

function checked<D extends Definition>(definition: D): D {
  const { name, version } = definition
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`A projection's name is kebab-case, unlike ${name}.`)
  if (!Number.isSafeInteger(version) || version < 1)
    throw new Error(`${name}: versions count from 1, unlike ${version}.`)
  return definition
}
