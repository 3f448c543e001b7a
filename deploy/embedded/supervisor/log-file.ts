import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs'

const largest = 10 * 1024 * 1024
const remembered = 40

/** A log that is bounded: when full it becomes `<file>.1`, and what stood there is gone. */
export type LogFile = {
  readonly write: (chunk: Uint8Array) => void
  /** The latest lines, oldest first. */
  readonly tail: () => readonly string[]
  readonly close: () => void
}

export function openLogFile(file: string): LogFile {
  let handle = openSync(file, 'a', 0o600)
  let size = existsSync(file) ? statSync(file).size : 0
  let lines: string[] = []
  let isClosed = false

  return {
    write: (chunk) => {
      // What a process said last may come after its end, and when nobody keeps it any more.
      if (isClosed) return
      if (size + chunk.length > largest) {
        closeSync(handle)
        renameSync(file, `${file}.1`)
        handle = openSync(file, 'a', 0o600)
        size = 0
      }
      size += writeSync(handle, chunk)
      const [first = '', ...more] = Buffer.from(chunk).toString('utf8').split('\n')
      lines = [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...more].slice(-remembered)
    },
    tail: () => lines.filter((line) => line.trim() !== ''),
    close: () => {
      if (!isClosed) closeSync(handle)
      isClosed = true
    },
  }
}
