/** Which streams are set aside because one of their events cannot be applied, and what was ordered about them? */
import type { Postgres } from '@bizosaas/databases'
import { get, isAllowed, notFound, type Route } from '@bizosaas/http'
import { parkingOrders } from '@bizosaas/projections/analytics/parking-orders/parking-orders.ts'
import { Type } from 'typebox'
import { answered, type Reader } from '../answer.ts'
import { After } from '../consistency.ts'
import { cursorValue, readCursor, writeCursor } from '../cursor.ts'
import { listParked, ParkedStreamDetails, ParkedStreamEntry, readParked } from './parked-stream.ts'

const sort = 'position'

/** The text of errors and events may quote anything, and is told to those alone who may see what is of all tenants. */
export const parkedRoutes = (postgres: Postgres, read: Reader): Route[] => [
  get('/v1/parked', {
    may: 'projection:read',
    summary: 'List the streams that are set aside',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
      cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the page before' })),
    }),
    answer: Type.Object({
      items: Type.Array(ParkedStreamEntry),
      next: Type.Union([Type.String(), Type.Null()], {
        description: 'The `cursor` of the next page; null on the last one',
      }),
    }),
    run: ({ principal, query: { limit = 50, cursor } }) => {
      const after = cursor ? readCursor(cursor, sort, [cursorValue.whole, cursorValue.text, cursorValue.whole]) : null
      return postgres.asTenant(principal, async (tx) => {
        const items = await listParked(tx, after, limit + 1, isAllowed(principal, 'system:read'))
        const last = items.length > limit ? items[limit - 1] : undefined
        const next = last ? writeCursor(sort, [last.position, last.model, last.version]) : null
        return { items: items.slice(0, limit), next }
      })
    },
  }),

  get('/v1/parked/{id}', {
    may: 'projection:read',
    summary: 'Read a stream that is or was set aside: its events that wait, and what was ordered about it',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered(ParkedStreamDetails),
    run: (request) =>
      read(request, [parkingOrders], async ({ tx, table }) => {
        const { id } = request.params
        const seesAll = isAllowed(request.principal, 'system:read')
        const found = await readParked(tx, `read_model.${table(parkingOrders)}`, id, seesAll)
        if (found === null) throw notFound(`There is no parked stream ${id}.`)
        return found
      }),
  }),
]
