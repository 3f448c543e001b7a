/**
 * Whether the machine is calm enough to measure. With its cores taken by something else an fsync goes from 0.1 ms to
 * several, and every figure with it; such a run says nothing about the code.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { median } from './statistics.ts'

export type Calm = { fsyncMs: number; busyShare: number; waited: number }

const worstFsyncMs = 0.5
const attempts = 20

/** Waits for an fsync under half a millisecond, at most some twenty seconds; then measures anyway and says so in the figures. */
export const calm = async (): Promise<Calm> => {
  for (let waited = 0; ; waited++) {
    const before = cpuTimes()
    await pause(300)
    const after = cpuTimes()
    const busyShare = 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total)
    const fsyncMs = fsyncMedian()
    if ((fsyncMs <= worstFsyncMs && busyShare < 0.5) || waited >= attempts) return { fsyncMs, busyShare, waited }
    await pause(1000)
  }
}

/** Median of 50 appends of 4 KiB, each made durable, in milliseconds. */
const fsyncMedian = (): number => {
  const path = join(tmpdir(), `fsync-${process.pid}`)
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096)
  try {
    return median(
      Array.from({ length: 50 }, () => {
        writeSync(file, page)
        const start = performance.now()
        fdatasyncSync(file)
        return performance.now() - start
      }),
    )
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

/** Jiffies of all cores since boot; see proc(5), /proc/stat. */
const cpuTimes = (): { idle: number; total: number } => {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? []
  const total = fields.reduce((sum, value) => sum + value, 0)
  return { idle: (fields[3] ?? 0) + (fields[4] ?? 0), total }
}
