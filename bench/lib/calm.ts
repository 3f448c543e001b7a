/**
 * Whether the machine is calm enough to measure. With its cores taken by something else an fsync goes from 0.1 ms to
 * several, and every figure with it; such a run says nothing about the code.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { median } from './statistics.ts'

/** The machine just before a run. */
export type Calm = {
  /** Median of some small durable writes, where the benchmarks keep their data. */
  readonly fsyncMs: number
  /** Share of all cores that was in use although nothing was being measured. */
  readonly busyShare: number
  /** Whether that is calm; the run was measured in any case. */
  readonly isCalm: boolean
}

const worstFsyncMs = 0.5
const worstBusyShare = 0.5

/**
 * Waits for a calm machine before each run, but no longer than `patienceMs` in all: a machine that is never calm is
 * measured as it is, and the report says so.
 */
export const calmness = (patienceMs: number): (() => Promise<Calm>) => {
  let left = patienceMs
  return async () => {
    for (;;) {
      const now = await look()
      if (now.isCalm || left <= 0) return now
      await pause(1_000)
      left -= 1_300
    }
  }
}

const look = async (): Promise<Calm> => {
  const before = cpuTimes()
  await pause(300)
  const after = cpuTimes()
  const busyShare = 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total)
  const fsyncMs = fsyncMedian()
  return { fsyncMs, busyShare, isCalm: fsyncMs <= worstFsyncMs && busyShare <= worstBusyShare }
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
