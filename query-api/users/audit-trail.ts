/** Who did what, when, from where, and for whom? */
import { get, Instant, invalid, type Route, reply, Uuid } from '@bizosaas/http'
import { type AuditTrailRow, auditTrail } from '@bizosaas/projections/users/audit-trail/audit-trail.ts'
import { eventTypes, Instant as InstantId } from '@bizosaas/schemas'
import type { OriginDigest } from '@bizosaas/sealed'
import { type Static, Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { type CursorValue, cursorValue, readCursor } from '../cursor.ts'
import { Cursor, Limit, Next, pageOf } from '../page.ts'
import { csvOf } from './csv.ts'

const AuditEntry = Type.Object(
  {
    at: Instant,
    actor: Type.String({ description: 'Who: the id of a person or of a program' }),
    roles: Type.Array(Type.String(), { description: 'Which they held then' }),
    origin: Type.Union([Type.String(), Type.Null()], {
      description: 'A keyed hash of where the request came from: the same place has the same',
    }),
    action: Type.String({ description: 'What was recorded: the name of the event' }),
    subject: Type.String({ description: 'The person that it is about, or else the thing' }),
    clientId: Type.Union([Uuid, Type.Null()], {
      description: 'The client on whose behalf it was done; null for the agency',
    }),
    stream: Type.String(),
    eventId: Uuid,
    commandId: Type.String({ description: '`X-Command-Id` of the answer' }),
    correlationId: Type.String({ description: '`X-Request-Id` of the request' }),
    causationId: Type.String({ description: 'The command or the event that it follows from' }),
    position: Type.Integer({ description: 'Place in the history of everything' }),
  },
  { title: 'AuditEntry' },
)
type AuditEntry = Static<typeof AuditEntry>

const word = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 300, description }))
const filters = {
  actor: word('What this person or program did'),
  action: Type.Optional(
    Type.Array(Type.Enum([...eventTypes].sort()), {
      minItems: 1,
      maxItems: 50,
      description: 'Names of events, with commas between; `PersonalDataRead` is a reading of personal data',
    }),
  ),
  subject: word('What was done to this person or thing, by its id'),
  stream: word('What stands in this stream'),
  address: word('What was done from this network address'),
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  cursor: Type.Optional(Cursor),
  after: Type.Optional(After),
}
const Filter = Type.Object({ ...filters, limit: Type.Optional(Limit) })
const ExportFilter = Type.Object({
  ...filters,
  format: Type.Optional(Type.Enum(['csv', 'ndjson'], { default: 'csv' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 10_000 })),
})
type Filter = Omit<Static<typeof Filter>, 'action'> & { readonly action?: readonly string[] }

const media = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const

type Asked = Parameters<Reader>[0] & { readonly query: Filter }

export function auditTrailRoutes(read: Reader, digest: OriginDigest): Route[] {
  const entries = (request: Asked, limit: number) =>
    read(request, [auditTrail], async ({ tx, table }) => {
      const origin = originOf(request.query, digest)
      const { text, values } = pageQuery(`read_model.${table(auditTrail)}`, { ...request.query, origin }, limit)
      const found = await tx.query<AuditTrailRow>(text, values)
      const { rows, next } = pageOf(found, limit, sort, (row) => [row.recorded_at, row.position, row.ordinal])
      return { items: rows.map(entryOf), next }
    })

  return [
    get('/v1/audit-trail', {
      may: 'auditTrail:read',
      summary: 'Read who did what',
      description:
        'The newest first: everything that was recorded, and every reading of personal data; `from` an instant on, `to` another one, which is not in it.',
      query: Filter,
      answer: answered({ items: Type.Array(AuditEntry), next: Next }),
      run: (request) => entries(request, request.query.limit ?? 50),
    }),
    get('/v1/audit-trail/export', {
      may: 'auditTrail:read',
      summary: 'Get who did what as a file',
      description:
        'Comma-separated values, or one JSON object on each line. A file holds at most 10,000 entries; `Next-Cursor` leads to the next one.',
      query: ExportFilter,
      answer: Type.String(),
      media: ['text/csv', 'application/x-ndjson'],
      answerHeaders: ['Content-Disposition', 'Next-Cursor', 'Incomplete'],
      run: async (request) => {
        const { format = 'csv', limit = 10_000 } = request.query
        const { items, next, asOf } = await entries(request, limit)
        const text = format === 'csv' ? csvOf(columnNames, items.map(cellsOf)) : items.map(lineOf).join('')
        return reply(text, 200, {
          'Content-Type': media[format],
          'Content-Disposition': `attachment; filename="audit-trail.${format}"`,
          ...(next === null ? {} : { 'Next-Cursor': next }),
          ...(asOf.parked === 0 ? {} : { Incomplete: `parked=${asOf.parked}` }),
        })
      },
    }),
  ]
}

const sort = '-at'

/** @throws Problem invalid (422) for what is no address */
function originOf({ address }: Filter, digest: OriginDigest): string | null {
  if (address === undefined) return null
  const origin = digest(address)
  if (origin === null) throw invalid([{ in: 'query', pointer: '/address', detail: 'must be an IP address' }])
  return origin
}

/** One row more than the page holds, to know whether there is a next one. */
function pageQuery(table: string, filter: Filter & { readonly origin: string | null }, limit: number) {
  const values: (CursorValue | readonly string[])[] = []
  const bind = (value: CursorValue | readonly string[]) => `$${values.push(value)}`
  const conditions = ['true']
  if (filter.actor) conditions.push(`actor = ${bind(filter.actor)}`)
  if (filter.action) conditions.push(`type = ANY (${bind(filter.action)})`)
  if (filter.subject) conditions.push(`subject = ${bind(filter.subject)}`)
  if (filter.stream) conditions.push(`stream = ${bind(filter.stream)}`)
  if (filter.origin) conditions.push(`origin = ${bind(filter.origin)}`)
  if (filter.from) conditions.push(`recorded_at >= ${bind(InstantId.parse(filter.from))}::timestamptz`)
  if (filter.to) conditions.push(`recorded_at < ${bind(InstantId.parse(filter.to))}::timestamptz`)
  if (filter.cursor) {
    const checks = [cursorValue.instant, cursorValue.whole, cursorValue.whole] as const
    const [at, position, ordinal] = readCursor(filter.cursor, sort, checks)
    const place = `(${bind(at)}::timestamptz, ${bind(position)}::bigint, ${bind(ordinal)}::bigint)`
    conditions.push(`(recorded_at, position, ordinal) < ${place}`)
  }
  const text = `
    SELECT * FROM ${table} WHERE ${conditions.join(' AND ')}
    ORDER BY recorded_at DESC, position DESC, ordinal DESC LIMIT ${bind(limit + 1)}`
  return { text, values }
}

const entryOf = (row: AuditTrailRow): AuditEntry => ({
  at: row.recorded_at,
  actor: row.actor,
  roles: row.roles === null || row.roles === '' ? [] : row.roles.split(' '),
  origin: row.origin,
  action: row.type,
  subject: row.subject,
  clientId: row.client_id,
  stream: row.stream,
  eventId: row.event_id,
  commandId: row.command_id,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  position: row.position,
})

const columnNames = Object.keys(AuditEntry.properties) as (keyof AuditEntry)[]
const cellsOf = (entry: AuditEntry) =>
  columnNames.map((name) => {
    const value = entry[name]
    return Array.isArray(value) ? value.join(' ') : String(value ?? '')
  })
const lineOf = (entry: AuditEntry) => `${JSON.stringify(entry)}\n`
