import type { Table } from '../../runner/tables.ts'

/** What of two tables is compared: the columns that both have, as the same type. The others are named. */
export type Compared = {
  /** Null when there is nothing to compare with. */
  readonly old: Table | null
  readonly new: Table
  readonly columns: readonly string[]
  /** A column that has another type on the other side is named with its type. */
  readonly onlyOld: readonly string[]
  readonly onlyNew: readonly string[]
}

export function comparedColumns(old: Table | null, now: Table): Compared {
  const has = (table: Table, name: string, type?: string) =>
    table.columns.some((column) => column.name === name && (type === undefined || column.type === type))
  const lacking = (from: Table, other: Table) =>
    from.columns
      .filter(({ name, type }) => !has(other, name, type))
      .map(({ name, type }) => (has(other, name) ? `${name} ${type}` : name))
      .sort()
  const columns = now.columns.filter(({ name, type }) => old === null || has(old, name, type)).map(({ name }) => name)
  return {
    old,
    new: now,
    // In an order of their own: that of a table.sql may change while its rows do not.
    columns: columns.sort(),
    onlyOld: old === null ? [] : lacking(old, now),
    onlyNew: old === null ? [] : lacking(now, old),
  }
}

/** Whether a row of one table can be told to be the same row in the other one. */
export function sameKey({ old, new: now, columns }: Compared): boolean {
  return old !== null && old.key.join() === now.key.join() && now.key.every((name) => columns.includes(name))
}
