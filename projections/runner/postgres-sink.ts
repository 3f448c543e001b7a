import type { Postgres, Transaction } from '@bizosaas/databases'
import DataLoader from 'dataloader'
import { type ArrayParameter, type ArrayValue, arrayParameter } from './array-parameter.ts'
import { demandOf } from './database-errors.ts'
import { keyOf, type Outcome, type RowsByKey } from './fold.ts'
import { type Move, moveCheckpoints, type Statement, takeSteps } from './move.ts'
import type { FoldProjection, Projection, Recorded, Row } from './projection.ts'
import { rowMemory } from './row-memory.ts'
import type { Sink } from './sink.ts'
import { checkColumns, type Table } from './tables.ts'
import { afterAllOfThisTurn, asError, manyRows, type Step, together } from './together.ts'

type Keys = ReadonlyMap<string, readonly [tenantId: string, id: string]>

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
  const selecting = selection(postgres, table)

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
      const found = await selecting(unknown)
      for (const key of unknown.keys()) rows.set(key, found.get(key) ?? null)
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
  const writing = ({ parameters }: Statement) => `, written AS (${upsert(table, parameters, true)}
    ), removed AS (${remove(table, parameters + table.columns.length + 1, true)})`
  const withBatch = writing(moveCheckpoints)
  const justRows = upsert(table)

  const writeAll = async (steps: readonly Step[]): Promise<boolean[]> => {
    const rowsOf = (of: 'written' | 'removed') => steps.flatMap(({ outcome }) => outcome[of])
    const stepOf = (of: 'written' | 'removed') =>
      arrayParameter(steps.flatMap(({ outcome }, index) => outcome[of].map(() => index + 1)))
    const [written, removed] = [columnArrays(table, rowsOf('written')), keyArrays(table, rowsOf('removed'))]
    const rows = [...written, stepOf('written'), ...removed, stepOf('removed')]
    const moves = steps.map(({ move }) => move)
    const statement = moves[0]?.statement ?? moveCheckpoints
    return takeSteps(postgres, moves, statement === moveCheckpoints ? withBatch : writing(statement), rows)
  }

  return {
    write: together(writeAll),
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

/** Reads rows; what several steps need at one time, by one statement. @returns the rows that there are, also those of the others */
function selection(postgres: Postgres, table: Table): (keys: Keys) => Promise<RowsByKey> {
  const select = async (keys: readonly (readonly [tenantId: string, id: string])[]): Promise<RowsByKey> => {
    const found = await postgres.prepared<Row & { tenant_id: string; id: string }>(
      `SELECT ${table.columns.map(({ name }) => name).join(', ')} FROM ${table.name}
       JOIN unnest($1::uuid[], $2::uuid[]) AS wanted (tenant_id, id) USING (tenant_id, id)`,
      [keys.map(([tenantId]) => tenantId), keys.map(([, id]) => id)],
    )
    return new Map(found.map((row) => [keyOf(row.tenant_id, row.id), row]))
  }
  const joint = new DataLoader(
    async (wanted: readonly Keys[]) => {
      try {
        const found = await select(wanted.flatMap((keys) => [...keys.values()]))
        return wanted.map(() => found)
      } catch (error) {
        if (wanted.length === 1 || demandOf(error) === 'wait') throw error
        return Promise.all(wanted.map((keys) => select([...keys.values()]).catch(asError)))
      }
    },
    { cache: false, batchScheduleFn: afterAllOfThisTurn },
  )
  return async (keys) => {
    if (keys.size === 0) return new Map()
    return keys.size < manyRows ? joint.load(keys) : select([...keys.values()])
  }
}

/**
 * @param from how many parameters come before
 * @param isGated whether a parameter more names the step of each row, and `moved` those that are taken
 */
export function upsert({ name, columns, key }: Table, from = 0, isGated = false): string {
  const names = columns.map((column) => column.name)
  const others = names.filter((column) => !key.includes(column))
  return `
    INSERT INTO ${name} (${names.join(', ')})
    SELECT ${names.map((column) => `r.${column}`).join(', ')} FROM ${unnested('r', columns, from, isGated)}
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`
}

/** @param from, isGated as of `upsert` */
export function remove({ name, columns, key }: Table, from = 0, isGated = false): string {
  const keys = key.flatMap((each) => columns.find((column) => column.name === each) ?? [])
  return `
    DELETE FROM ${name} USING ${unnested('gone', keys, from, isGated)}
    WHERE (${key.map((column) => `${name}.${column}`)}) = (${key.map((column) => `gone.${column}`)})`
}

/** Arrays as rows. */
function unnested(alias: string, columns: Table['columns'], from: number, isGated: boolean): string {
  const all = isGated ? [...columns, { name: 'n', type: 'bigint' }] : columns
  const arrays = all.map(({ type }, index) => `$${from + index + 1}::${type}[]`)
  const rows = `unnest(${arrays.join(', ')}) AS ${alias} (${all.map(({ name }) => name).join(', ')})`
  return isGated ? `${rows} JOIN moved USING (n)` : rows
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
