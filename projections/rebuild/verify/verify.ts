/**
 * Proof before a cut-over: a version is compared with the one that serves, row by row, at one and the same place in history.
 *
 * For whoever carries out the orders: `verify(stores, projection)`, where `projection` is the definition with the number of the
 * version to prove, as `versionsIn` answers it. Call it while that version is ready and runners keep it up to date. It takes as long as
 * reading both tables, writes one row to `read_model.verification`, and answers with the same:
 *
 *   against === null      no version serves, or its table is gone: nothing to compare with, and nothing in the way
 *   difference === null   equal in every row and column
 *   difference            a digest of all that differs, which a person may accept; it stays the same while what differs does
 *
 * Glossary:
 *   old, new   the version that serves, and the one to be proven
 *   place      folds: where both stand in each partition, see one-place.ts. Rows that are only inserted carry their position, and are
 *              compared up to a position that both have dealt with, see reached.ts: nothing is held for that
 *   cell       the value of one column in one row
 */
import { randomUUID } from 'node:crypto'
import type { ClickHouse, Postgres, Queryable } from '@bizosaas/databases'
import { type EventType, schemaOf } from '@bizosaas/schemas'
import { type Projection, tableName } from '../../runner/projection.ts'
import type { Table } from '../../runner/tables.ts'
import { CannotVerify } from './cannot-verify.ts'
import { type Compared, comparedColumns } from './compared.ts'
import type { TenantRows } from './digest.ts'
import { differencesInClickHouse, digestsInClickHouse, findInClickHouse, storeDifferences } from './in-clickhouse.ts'
import { differencesInPostgres, digestsInPostgres, findInPostgres } from './in-postgres.ts'
import { atOnePlace } from './one-place.ts'
import { ordersCarriedOut, untilReached } from './reached.ts'
import { type Compare, record, type Verification } from './record.ts'

type Stores = { readonly postgres: Postgres; readonly clickhouse: ClickHouse }

/** @throws CannotVerify in one sentence, when the two cannot be compared now; then nothing is written, and it can be tried again */
export async function verify(stores: Stores, projection: Projection): Promise<Verification> {
  const { name: model, version } = projection
  const live = await servingVersion(stores, model)
  if (live === version)
    throw new CannotVerify(`Version ${version} of ${model} serves: there is no other to compare it with.`)
  const [before, now] = await Promise.all([
    live === null ? null : find(stores, projection, live),
    find(stores, projection, version),
  ])
  if (now === null) throw new CannotVerify(`The table of version ${version} of ${model} is not there.`)
  const compared = comparedColumns(before, now)
  const place = await placeOf(stores, projection, before === null ? null : live)
  return projection.store === 'postgres'
    ? inPostgres(stores, projection, compared, place)
    : inClickHouse(stores, compared, place)
}

async function servingVersion({ postgres }: Stores, model: string): Promise<number | null> {
  const [live] = await postgres.query<{ version: number }>(
    'SELECT version FROM read_model.live_version WHERE model = $1',
    [model],
  )
  return live?.version ?? null
}

function find({ postgres, clickhouse }: Stores, { name, store }: Projection, version: number): Promise<Table | null> {
  const table = tableName({ name, version })
  return store === 'postgres' ? findInPostgres(postgres, table) : findInClickHouse(clickhouse, table)
}

/** Where the two are compared, as far as that is known before the snapshot is taken. */
async function placeOf({ postgres }: Stores, projection: Projection, against: number | null): Promise<Compare> {
  const { name: model, version, kind } = projection
  const place = { model, version, against, vector: null, position: null, stoodStillMs: 0 }
  if (against === null || kind === 'fold') return place
  return { ...place, position: await untilReached(postgres, { model, old: against, new: version }) }
}

function inPostgres(
  { postgres }: Stores,
  { kind, types }: Projection,
  compared: Compared,
  place: Compare,
): Promise<Verification> {
  const { model, version, against, position: upTo } = place
  const { old, new: now, columns } = compared

  /** All reads see one snapshot, and what is found is written with it. */
  const inSnapshot = <Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> =>
    postgres.transaction(async (tx) => {
      await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
      await tx.query('SET LOCAL statement_timeout = 0')
      return work(tx)
    })
  const compare = async (tx: Queryable, there: Partial<Compare>): Promise<Verification> => {
    const before = old === null ? [] : await digestsInPostgres(tx, old.name, columns, upTo)
    const after = await digestsInPostgres(tx, now.name, columns, upTo)
    const verificationId = randomUUID()
    const tenants = old === null ? [] : unlike(before, after)
    const category = kind === 'fold' ? onlyCategory(types) : null
    const options = { tenants, upTo, verificationId, category }
    const differences =
      old === null || tenants.length === 0 ? [] : await differencesInPostgres(tx, { ...compared, old }, options)
    return record(tx, { ...place, ...there }, { verificationId, compared, old: before, new: after, differences })
  }
  if (kind !== 'fold' || against === null) return inSnapshot((tx) => compare(tx, {}))
  return atOnePlace(postgres, { model, old: against, new: version }, inSnapshot, compare)
}

async function inClickHouse(
  { postgres, clickhouse }: Stores,
  compared: Compared,
  place: Compare,
): Promise<Verification> {
  const orders = await ordersCarriedOut(postgres, place)
  const { position: upTo } = place
  const { old, new: now, columns } = compared
  const [before, after] = await Promise.all([
    old === null ? [] : digestsInClickHouse(clickhouse, old.name, columns, upTo),
    digestsInClickHouse(clickhouse, now.name, columns, upTo),
  ])
  const tenants = unlike(before, after)
  const found =
    old === null || upTo === null || tenants.length === 0
      ? { counts: [], rows: [] }
      : await differencesInClickHouse(clickhouse, { ...compared, old }, { tenants, upTo })
  if ((await ordersCarriedOut(postgres, place)) !== orders)
    throw new CannotVerify(`Parked events of ${place.model} were worked off meanwhile.`)
  return postgres.transaction(async (tx) => {
    const verificationId = randomUUID()
    await storeDifferences(tx, verificationId, found.rows)
    return record(tx, place, { verificationId, compared, old: before, new: after, differences: found.counts })
  })
}

/** Tenants whose rows do not have the same digest. */
function unlike(old: readonly TenantRows[], now: readonly TenantRows[]): string[] {
  const text = ({ rows, digest }: TenantRows) => `${rows} ${digest}`
  const before = new Map(old.map((each) => [each.tenantId, text(each)]))
  const after = new Map(now.map((each) => [each.tenantId, text(each)]))
  return [...new Set([...before.keys(), ...after.keys()])].filter((tenant) => before.get(tenant) !== after.get(tenant))
}

/** A fold's row is written by the stream of its id, if all that it handles stands in streams of one category. */
function onlyCategory(types: ReadonlySet<string>): string | null {
  const [category = null, ...others] = new Set([...types].map((type) => schemaOf(type as EventType).category))
  return others.length === 0 ? category : null
}
