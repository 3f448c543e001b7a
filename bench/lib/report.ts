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

/** Which row is held against which, or against the lowest of several, and what is wanted of it. Names are `candidate/reading`. */
export type Comparison = { row: string; beside?: string | readonly string[]; goal?: Goal }

export const atLeastRatio = (share: number): Goal => ({
  text: `ratio ≥ ${share}`,
  met: (row) => (row.ratio ?? 0) >= share,
})
export const atMostRatio = (share: number): Goal => ({
  text: `ratio ≤ ${share}`,
  met: (row) => row.ratio !== null && row.ratio <= share,
})
export const atLeast = (least: number): Goal => ({ text: `≥ ${least}`, met: (row) => row.median >= least })
export const atMost = (most: number): Goal => ({ text: `≤ ${most}`, met: (row) => row.median <= most })

/** One row per comparison of a figure, and one for a figure that is compared with nothing. */
export const toRows = (samples: Sample[], comparisons: Comparison[]): Row[] => {
  const byName = new Map(samples.map((sample) => [`${sample.candidate}/${sample.reading}`, sample]))
  for (const { row, beside = [] } of comparisons)
    for (const name of [row, beside].flat()) if (!byName.has(name)) throw new Error(`There is no figure named ${name}`)
  return [...byName].flatMap(([name, sample]) => {
    const own = comparisons.filter(({ row }) => row === name)
    return (own.length > 0 ? own : [{ row: name }]).map((comparison) => toRow(sample, comparison, byName))
  })
}

const toRow = ({ unit, values }: Sample, comparison: Comparison, byName: ReadonlyMap<string, Sample>): Row => {
  const middle = median(values)
  const limits = [comparison.beside ?? []]
    .flat()
    .map((name) => ({ name, median: median(byName.get(name)?.values ?? []) }))
  const limit = limits.toSorted((one, other) => one.median - other.median)[0]
  const row: Row = {
    name: comparison.row,
    unit,
    median: round2(middle),
    min: round2(Math.min(...values)),
    max: round2(Math.max(...values)),
    runs: values.length,
    beside: limit ? { name: limit.name, median: round2(limit.median) } : null,
    ratio: limit ? round2(middle / limit.median) : null,
    goal: comparison.goal?.text ?? null,
    met: null,
  }
  return { ...row, met: comparison.goal ? comparison.goal.met(row) : null }
}

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

/**
 * Writes `bench/results/<bench>.json` and `.md`, and answers the table.
 *
 * @param notes what a reader must know to judge the figures: what was done how often, to what
 */
export const publish = (bench: string, rounds: Rounds, comparisons: Comparison[], notes: string[]): string => {
  const rows = toRows(rounds.samples, comparisons)
  const machine = machineOf(rounds)
  const text = [toMarkdown(rows), notes.map((note) => `- ${note}`).join('\n'), inWords(machine)].join('\n\n')
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${bench}.json`, folder), `${JSON.stringify({ bench, machine, notes, rows }, null, 2)}\n`)
  writeFileSync(new URL(`${bench}.md`, folder), `# ${bench}\n\n${text}\n`)
  return text
}

const machineOf = ({ surroundings }: Rounds) => {
  const fsync = surroundings.map(({ fsyncMs }) => fsyncMs)
  return {
    date: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    fsyncMs: { median: round2(median(fsync)), max: round2(Math.max(...fsync)) },
    neighboursBusyShare: round2(median(surroundings.map(({ busyShare }) => busyShare))),
    runs: surroundings.length,
    runsOnBusyMachine: surroundings.filter(({ isCalm }) => !isCalm).length,
  }
}

const inWords = (machine: ReturnType<typeof machineOf>): string => {
  const { node, cores, memoryGiB, fsyncMs, neighboursBusyShare, runs, runsOnBusyMachine } = machine
  const busy = `${Math.round(neighboursBusyShare * 100)} % of the cores busy`
  const verdict =
    runsOnBusyMachine === 0 ? '' : ` ${runsOnBusyMachine} of ${runs} runs met a busy machine: measure again.`
  return `Node ${node}, ${cores} cores, ${memoryGiB} GiB; before the runs an fsync took ${fsyncMs.median} ms (at most ${fsyncMs.max}), others kept ${busy}.${verdict}`
}
