/** Gathers the writes of one turn of the event loop into one transaction, so that they share one fsync. */
import type { Outcome, Write } from './append.ts'
import type { Log } from './log.ts'

/** The write was not carried out, and nothing of it is stored: no room on the disk, or an error of the disk. */
export class WriteFailed extends Error {
  override readonly name = 'WriteFailed'
}

export type GroupCommit = {
  /** Resolves when the write is on the disk or refused. Rejects with WriteFailed. */
  readonly write: (write: Write) => Promise<Outcome>
  /** Calls back after every commit that wrote something. Returns how to stop. */
  readonly onCommit: (listener: () => void) => () => void
}

type Waiting = {
  readonly write: Write
  readonly bytes: number
  readonly done: (outcome: Outcome) => void
  readonly failed: (error: Error) => void
}

/** One transaction stays short enough for reads to get their turn. */
const LARGEST_GROUP = { writes: 256, bytes: 8 * 1024 * 1024 }

const sizeOf = (write: Write): number =>
  write.type === 'append'
    ? write.writes.flatMap(({ events }) => events).reduce((sum, { data }) => sum + data.length, 0)
    : 0

export const groupCommit = (log: Log, carryOut: (write: Write) => Outcome): GroupCommit => {
  const waiting: Waiting[] = []
  const listeners = new Set<() => void>()

  const nextGroup = (): Waiting[] => {
    let count = 0
    for (
      let bytes = 0;
      count < Math.min(waiting.length, LARGEST_GROUP.writes) && bytes < LARGEST_GROUP.bytes;
      count++
    ) {
      bytes += waiting[count]?.bytes ?? 0
    }
    return waiting.splice(0, count)
  }

  const flush = (): void => {
    const group = nextGroup()
    if (waiting.length > 0) setImmediate(flush)
    const before = log.head()
    let outcomes: readonly Outcome[]
    try {
      outcomes = log.transaction(() => group.map(({ write }) => carryOut(write)))
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      for (const { failed } of group) failed(new WriteFailed(`Nothing was written: ${text}`, { cause: error }))
      return
    }
    for (const [index, { done }] of group.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) done(outcome)
    }
    if (log.head() !== before) for (const listener of [...listeners]) listener()
  }

  return {
    write: (write) =>
      new Promise((done, failed) => {
        waiting.push({ write, bytes: sizeOf(write), done, failed })
        if (waiting.length === 1) setImmediate(flush)
      }),
    onCommit: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
