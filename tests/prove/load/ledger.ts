/**
 * What the clients remember: each command on the disk before it is sent, each answer as soon as it is there. So whatever
 * happens to the system, it can be asked to account for every line.
 */
import { closeSync, fdatasync, openSync, readFileSync, writeSync } from 'node:fs'

/** A command, as it was first meant. `n` names it in all further lines. */
export type Command = {
  readonly line: 'command'
  readonly n: number
  readonly does: string
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly key: string
  readonly tenantId: string
  /** What it is about: a campaign's or an ad account's id; null for a command that creates one. */
  readonly target: string | null
  readonly ifMatch: number | null
  /** It was not sent by the load itself but to see that its key does not work for another command. */
  readonly reusesKeyOf: number | null
}

export type Sent = { readonly line: 'sent'; readonly n: number; readonly attempt: number }

export type Answered = {
  readonly line: 'answered'
  readonly n: number
  readonly attempt: number
  readonly at: string
} & (
  | {
      readonly outcome: 'ok'
      readonly status: number
      readonly body: Readonly<Record<string, unknown>>
      readonly etag: string | null
      readonly token: string | null
    }
  | { readonly outcome: 'refused'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** No answer, or one that leaves open whether it was done. */
  | { readonly outcome: 'unknown'; readonly status: number | null; readonly reason: string }
)

/** A question by token: what was to be seen, and what was seen. */
export type Read = {
  readonly line: 'read'
  readonly of: 'campaign' | 'figures'
  readonly n: number
  readonly token: string
  readonly path: string
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export type Line = Command | Sent | Answered | Read

export type Ledger = {
  /** Resolves when the line is on the disk. Lines that come at once share one write. */
  readonly write: (line: Line) => Promise<void>
  readonly close: () => Promise<void>
}

export const openLedger = (file: string): Ledger => {
  const handle = openSync(file, 'ax', 0o600)
  let waiting: { text: string; done: () => void; failed: (error: unknown) => void }[] = []
  let writing: Promise<void> | null = null

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        writeSync(handle, batch.map(({ text }) => text).join(''))
        await new Promise<void>((resolve, reject) =>
          fdatasync(handle, (error) => (error === null ? resolve() : reject(error))),
        )
        for (const { done } of batch) done()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    writing = null
  }
  return {
    write: (line) =>
      new Promise((done, failed) => {
        waiting.push({ text: `${JSON.stringify(line)}\n`, done, failed })
        writing ??= Promise.resolve().then(flush)
      }),
    close: async () => {
      await writing
      closeSync(handle)
    },
  }
}

/** The lines in the order in which they were written. */
export const readLedger = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line)
