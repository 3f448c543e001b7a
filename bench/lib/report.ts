/** Figures leave a benchmark as rows: a file for machines, a table for people. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Rounds, Sample } from './rounds.ts'
import { median, round2 } from './statistics.ts'

export type Row = {
  name: string
  unit: string
  median: number
  min: number
  max: number
  runs: number
  /** The limit this row is held against, measured in the same run. */
  beside: { name: string; median: number } | null
  /** `median` divided by `beside.median`. */
  ratio: number | null
  goal: string | null
  met: boolean | null
}

export type Goal = { text: string; met: (row: Row) => boolean }

/** Which row is held against which, and what is wanted of it. Names are `candidate/reading`. */
export type Comparison = { row: string; beside?: string; goal?: Goal }

export const atLeastRatio = (share: number): Goal => ({
  text: `ratio ≥ ${share}`,
  met: (row) => (row.ratio ?? 0) >= share,
})
export const atLeast = (least: number): Goal => ({ text: `≥ ${least}`, met: (row) => row.median >= least })
export const atMost = (most: number): Goal => ({ text: `≤ ${most}`, met: (row) => row.median <= most })

export const toRows = (samples: Sample[], comparisons: Comparison[]): Row[] =>
  samples.map((sample) => {
    const name = `${sample.candidate}/${sample.reading}`
    const comparison = comparisons.find(({ row }) => row === name)
    const other = samples.find(({ candidate, reading }) => `${candidate}/${reading}` === comparison?.beside)
    if (comparison?.beside !== undefined && other === undefined) throw new Error(`No figure named ${comparison.beside}`)
    const middle = median(sample.values)
    const beside = other ? { name: `${other.candidate}/${other.reading}`, median: median(other.values) } : null
    const row: Row = {
      name,
      unit: sample.unit,
      median: round2(middle),
      min: round2(Math.min(...sample.values)),
      max: round2(Math.max(...sample.values)),
      runs: sample.values.length,
      beside: beside && { ...beside, median: round2(beside.median) },
      ratio: beside && round2(middle / beside.median),
      goal: comparison?.goal?.text ?? null,
      met: null,
    }
    return { ...row, met: comparison?.goal ? comparison.goal.met(row) : null }
  })

export const toMarkdown = (rows: Row[]): string =>
  [
    '| figure | median | min | max | runs | unit | beside | ratio | goal | met |',
    '|---|--:|--:|--:|--:|---|---|--:|---|---|',
    ...rows.map((row) =>
      [
        '',
        row.name,
        row.median,
        row.min,
        row.max,
        row.runs,
        row.unit,
        row.beside ? `${row.beside.name} ${row.beside.median}` : '',
        row.ratio ?? '',
        row.goal ?? '',
        row.met === null ? '' : row.met ? 'yes' : 'NO',
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n')

/** Writes `bench/results/<bench>.json` and `.md`, and answers the table. */
export const publish = (bench: string, rounds: Rounds, comparisons: Comparison[]): string => {
  const rows = toRows(rounds.samples, comparisons)
  const fsync = rounds.surroundings.map(({ fsyncMs }) => fsyncMs)
  const machine = {
    date: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    fsyncMs: { median: round2(median(fsync)), max: round2(Math.max(...fsync)) },
    neighboursBusyShare: round2(median(rounds.surroundings.map(({ busyShare }) => busyShare))),
  }
  const table = `${toMarkdown(rows)}\n\nNode ${machine.node}, ${machine.cores} cores, ${machine.memoryGiB} GiB; before the runs an fsync took ${machine.fsyncMs.median} ms (at most ${machine.fsyncMs.max}), others kept ${Math.round(machine.neighboursBusyShare * 100)} % of the cores busy.\n`
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${bench}.json`, folder), `${JSON.stringify({ bench, machine, rows }, null, 2)}\n`)
  writeFileSync(new URL(`${bench}.md`, folder), `# ${bench}\n\n${table}`)
  return table
}
