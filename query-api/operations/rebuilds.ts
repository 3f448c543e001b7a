/** Which rebuilds of a read model were ordered, how far are they, and do they say the same as the version that serves? */
import type { ClickHouse } from '@bizosaas/databases'
import { events, get, invalid, isAllowed, notFound, type Principal, type Request, type Route } from '@bizosaas/http'
import { rebuildOrders } from '@bizosaas/projections/analytics/rebuild-orders/rebuild-orders.ts'
import { instantOf } from '@bizosaas/schemas'
import { Type } from 'typebox'
import { answered, type Reader, type Snapshot } from '../answer.ts'
import { After } from '../consistency.ts'
import { cursorValue, readCursor, writeCursor } from '../cursor.ts'
import { follower } from '../live/follower.ts'
import { Nullable } from '../nullable.ts'
import { pacer } from './rebuilds/pace.ts'
import { type Looking, Progress, progressOf } from './rebuilds/progress.ts'
import { listRebuilds, ordersAbout, RebuildEntry, RebuildOrderEntry } from './rebuilds/rebuild.ts'
import { DifferingRow, differingRows, lastVerification, Verification } from './rebuilds/verification.ts'

const ModelName = Type.String({ maxLength: 100, description: 'the name of a read model' })
const Details = {
  ...RebuildEntry.properties,
  progress: Nullable(Progress),
  verification: Nullable(Verification),
  orders: Type.Array(RebuildOrderEntry, { description: 'Of your tenant, the last 50, the newest first' }),
}

const mostFollowers = 50
const lookEveryMs = 1_000

type Asked = Pick<Request<{ readonly name: string; readonly id: string }>, 'principal' | 'params' | 'now'>

/** @param first the generation of topics at which the line begins whose end is live */
export function rebuildRoutes(clickhouse: ClickHouse, read: Reader, first: string): Route[] {
  const paces = pacer()
  const may = 'projection:read'
  const params = { name: ModelName }
  const seesAll = (principal: Principal) => isAllowed(principal, 'system:read')
  const looking = ({ principal, now }: Pick<Asked, 'principal' | 'now'>): Looking => ({
    clickhouse,
    pacer: paces,
    first,
    now,
    seesAll: seesAll(principal),
  })

  const entryOf = async ({ tx, table }: Snapshot, { params: { name, id } }: Asked) => {
    const [entry] = await listRebuilds(tx, `read_model.${table(rebuildOrders)}`, name, id)
    if (entry === undefined) throw notFound(`There is no rebuild ${id} of ${name}.`)
    return entry
  }
  const verificationOf = async (tx: Snapshot['tx'], { model, version }: RebuildEntry, principal: Principal) =>
    version === null ? null : lastVerification(tx, { model, version }, seesAll(principal))

  const list = get('/v1/projections/{name}/rebuilds', {
    may,
    params,
    summary: 'List the rebuilds of a read model, the newest first',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered({ items: Type.Array(RebuildEntry) }),
    run: (request) =>
      read(request, [rebuildOrders], async ({ tx, table }) => ({
        items: await listRebuilds(tx, `read_model.${table(rebuildOrders)}`, request.params.name),
      })),
  })

  const details = get('/v1/projections/{name}/rebuilds/{id}', {
    may,
    params,
    summary:
      'Read how far a rebuild is, whether it says the same as the version that serves, and what was ordered about it',
    query: Type.Object({ after: Type.Optional(After) }),
    answer: answered(Details),
    run: (request) =>
      read(request, [rebuildOrders], async (snapshot) => {
        const entry = await entryOf(snapshot, request)
        const { tx, table } = snapshot
        return {
          ...entry,
          progress: await progressOf(tx, entry, looking(request)),
          verification: await verificationOf(tx, entry, request.principal),
          orders: await ordersAbout(tx, `read_model.${table(rebuildOrders)}`, entry.id),
        }
      }),
  })

  const differences = get('/v1/projections/{name}/rebuilds/{id}/differences', {
    may,
    params,
    summary: 'List the rows of your tenant in which a rebuilt version differs from the one that serves',
    description:
      'As the last comparison found them; the first 1000 of a tenant are kept. Each names the events that made it.',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
      cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
      after: Type.Optional(After),
    }),
    answer: answered({ items: Type.Array(DifferingRow), next: Nullable(Type.String()) }),
    run: (request) =>
      read(request, [rebuildOrders], async (snapshot) => {
        const { limit = 50, cursor } = request.query
        const entry = await entryOf(snapshot, request)
        const verification = await verificationOf(snapshot.tx, entry, request.principal)
        if (verification === null) throw notFound(`The rebuild ${entry.id} was not compared with anything yet.`)
        const [id, after] = cursor
          ? readCursor(cursor, 'number', [cursorValue.uuid, cursorValue.whole])
          : [verification.id, -1]
        // The rows of an earlier comparison are not kept: a page that went on in it would look like the last one.
        if (id !== verification.id) {
          const detail = 'is of a comparison before the last one: begin again with the first page'
          throw invalid([{ in: 'query', pointer: '/cursor', detail }])
        }
        const rows = await differingRows(snapshot.tx, id, after, limit + 1)
        const last = rows.length > limit ? rows[limit - 1] : undefined
        return {
          items: rows.slice(0, limit).map(({ number: _, ...row }) => row),
          next: last ? writeCursor('number', [id, last.number]) : null,
        }
      }),
  })

  const follow = follower(mostFollowers)
  const stream = events('/v1/projections/{name}/rebuilds/{id}/events', {
    may,
    params,
    summary: 'Follow a rebuild',
    description:
      'Server-sent events. `progress` has what the rebuild itself has, without its orders, whenever that has changed, at most once a second. `refused` says why ' +
      'the stream ends at once. The stream ends when the rebuild is refused, cancelled or retired, with the access token, and after an hour at the latest.',
    run: (request, stream) =>
      follow(request.principal, stream, lookEveryMs, async () => {
        const now = instantOf(new Date())
        const asked = { ...request, now, consistencyToken: null, query: {} }
        const { asOf: _, ...seen } = await read(asked, [rebuildOrders], async (snapshot) => {
          const entry = await entryOf(snapshot, asked)
          return {
            ...entry,
            progress: await progressOf(snapshot.tx, entry, looking(asked)),
            verification: await verificationOf(snapshot.tx, entry, request.principal),
          }
        })
        return { event: 'progress', data: seen, isLast: ['refused', 'cancelled', 'retired'].includes(seen.state) }
      }),
  })

  return [list, details, differences, stream]
}
