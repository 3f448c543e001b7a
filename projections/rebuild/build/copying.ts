import type { Postgres } from '@bizosaas/databases'
import type { Move } from '../../runner/move.ts'
import { columnArrays, keyArrays, remove, upsert, type Writer } from '../../runner/postgres-sink.ts'
import type { Table } from '../../runner/tables.ts'
import { copyText } from './copy-text.ts'

/**
 * Writes large batches of mostly new rows: these come by COPY, and one statement replaces the others. All of it is in the
 * transaction that moves the checkpoint.
 *
 * The server need not have that on its disk before it goes on (synchronous_commit): a crash of it takes rows and checkpoint
 * back together, to where both were a moment before, and they are made again.
 */
export function copying(postgres: Postgres, table: Table): Writer {
  const copy = `COPY ${table.name} (${table.columns.map(({ name }) => name).join(', ')}) FROM STDIN`
  const replace = upsert(table)
  const takeAway = remove(table)
  const text = copyText(table)
  const lost = new Error('The checkpoint was moved.')

  const write = async (outcome: Parameters<Writer['write']>[0], { statement, values }: Move): Promise<void> => {
    const { written, created, removed } = outcome
    await postgres.transaction(async (tx) => {
      await tx.query('SET LOCAL synchronous_commit = off')
      const moved = await tx.query(`${statement.text} SELECT n FROM moved`, values)
      if (moved.length === 0) throw lost
      if (created > 0) await tx.copyIn(copy, text(written.slice(0, created)))
      if (created < written.length) await tx.query(replace, columnArrays(table, written.slice(created)))
      if (removed.length > 0) await tx.query(takeAway, keyArrays(table, removed))
    })
  }

  return {
    write: async (outcome, move) => {
      try {
        await write(outcome, move)
        return true
      } catch (error) {
        if (error === lost) return false
        throw error
      }
    },
    attempt: (tx, rows) => tx.query(replace, columnArrays(table, rows)),
  }
}
