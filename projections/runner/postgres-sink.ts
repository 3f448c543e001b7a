import type { Postgres, Transaction } from '@bizosaas/databases'
import { type ArrayParameter, type ArrayValue, arrayParameter } from './array-parameter.ts'
import { keyOf, type Outcome, type RowsByKey } from './fold.ts'
import { type Move, moveCheckpoint, type Statement } from './move.ts'
import type { FoldProjection, Projection, Recorded, Row } from './projection.ts'
import { rowMemory } from './row-memory.ts'
import type { Sink } from './sink.ts'
import { checkColumns, type Table } from './tables.ts'

/** Of each partition. */
const rememberedRows = 5_000

/** How rows get into a table. */
export type Writer = {
  /** Rows and checkpoint, in one transaction. @returns false if the checkpoint is not where the step starts */
  readonly write: (outcome: Outcome, move: Move) => Promise<boolean>
  /** Just rows, in a transaction that is not kept. */
  readonly attempt: (tx: Transaction, rows: readonly Row[]) => Promise<unknown>
}

/**
 * Rows as they were written last are remembered, so that a batch loads only those that it has not met lately.
 * @param writer of a table that is kept up to date, unless said
 */
export function postgresSink(
  postgres: Postgres,
  projection: Projection,
  table: Table,
  writer: Writer = upserting(postgres, table),
  capacity = rememberedRows,
): Sink {
  const memory = rowMemory(capacity)

  return {
    load: async (items, from) => {
      if (projection.kind === 'rows') return new Map()
      const remembered = memory.at(from)
      const rows = new Map<string, Row | null>()
      const unknown = new Map<string, readonly [tenantId: string, id: string]>()
      for (const { event } of items) {
        const id = event === null ? null : idOf(projection, event)
        if (event === null || id === null) continue
        const key = keyOf(event.tenantId, id)
        const known = remembered.get(key)
        if (known === undefined) unknown.set(key, [event.tenantId, id])
        else rows.set(key, known)
      }
      for (const [key, row] of await select(postgres, table, unknown)) rows.set(key, row)
      return rows
    },

    write: async (outcome, move) => {
      const moved = await writer.write(outcome, move)
      if (moved) memory.moved(move.from, move.to, outcome.changed)
      return moved
    },

    attempt: async (rows) => {
      const kept = new Error('kept nothing')
      const attempt = postgres.transaction(async (tx) => {
        await writer.attempt(tx, rows)
        throw kept
      })
      await attempt.catch((error) => {
        if (error !== kept) throw error
      })
    },
  }
}

/**
 * Rows and checkpoint in one statement, so in one transaction and one round trip: arrays of the columns are unnested into
 * rows, which are inserted or replace those of the same key.
 */
function upserting(postgres: Postgres, table: Table): Writer {
  const writing = ({ text, parameters }: Statement) => `${text}, written AS (${upsert(table, parameters, 'moved, ')}
    ), removed AS (${remove(table, parameters + table.columns.length, 'moved, ')})
    SELECT position FROM moved`
  const writeBatch = writing(moveCheckpoint)
  const justRows = upsert(table)
  return {
    write: async ({ written, removed }, { statement, values }) => {
      const all = [...values, ...columnArrays(table, written), ...keyArrays(table, removed)]
      const moved =
        statement === moveCheckpoint
          ? await postgres.prepared(writeBatch, all)
          : await postgres.query(writing(statement), all)
      return moved.length > 0
    },
    attempt: (tx, rows) => tx.query(justRows, columnArrays(table, rows)),
  }
}

/** Null for an event whose handler will say what is wrong with it. */
function idOf(projection: FoldProjection, event: Recorded): string | null {
  try {
    return projection.id(event)
  } catch {
    return null
  }
}

async function select(
  postgres: Postgres,
  table: Table,
  keys: ReadonlyMap<string, readonly [tenantId: string, id: string]>,
): Promise<RowsByKey> {
  if (keys.size === 0) return new Map()
  const tenants = [...keys.values()].map(([tenantId]) => tenantId)
  const ids = [...keys.values()].map(([, id]) => id)
  const found = await postgres.prepared<Row & { tenant_id: string; id: string }>(
    `SELECT ${table.columns.map(({ name }) => name).join(', ')} FROM ${table.name}
     JOIN unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, id) USING (tenant_id, id)`,
    [tenants, ids],
  )
  return new Map(found.map((row) => [keyOf(row.tenant_id, row.id), row]))
}

/** @param from how many parameters come before  @param gate joined in, so that nothing is written where it has no row */
export function upsert({ name, columns, key }: Table, from = 0, gate = ''): string {
  const names = columns.map((column) => column.name)
  const arrays = columns.map((column, index) => `$${from + index + 1}::${column.type}[]`)
  const others = names.filter((column) => !key.includes(column))
  return `
    INSERT INTO ${name} (${names.join(', ')})
    SELECT r.* FROM ${gate}unnest(${arrays.join(', ')}) AS r
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`
}

/** @param from, gate as of `upsert` */
export function remove({ name, columns, key }: Table, from = 0, gate = ''): string {
  const typeOf = new Map(columns.map((column) => [column.name, column.type]))
  const arrays = key.map((column, index) => `$${from + index + 1}::${typeOf.get(column)}[]`)
  return `
    DELETE FROM ${name} USING ${gate}unnest(${arrays.join(', ')}) AS gone (${key.join(', ')})
    WHERE (${key.map((column) => `${name}.${column}`)}) = (${key.map((column) => `gone.${column}`)})`
}

/** One array per column of the key. */
export function keyArrays(table: Table, rows: readonly Row[]): ArrayParameter[] {
  return table.key.map((name) => arrayParameter(rows.map((row) => row[name] as ArrayValue)))
}

/** One array per column. */
export function columnArrays(table: Table, rows: readonly Row[]): ArrayParameter[] {
  const [first] = rows
  if (first !== undefined) checkColumns(table, first)
  return table.columns.map(({ name, type }) =>
    arrayParameter(
      rows.map(type === 'jsonb' ? (row) => JSON.stringify(row[name]) : (row) => (row[name] ?? null) as ArrayValue),
    ),
  )
}
