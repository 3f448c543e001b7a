/** What a storm found, as tables. */
import { cpus, totalmem } from 'node:os'
import { type Fault, type FaultKind, faultKinds } from './faults/faults.ts'
import type { Line } from './load/ledger.ts'
import { commit, type Options } from './options.ts'
import type { Digest } from './verdict/rebuild.ts'

export type Verdict = { readonly name: string; readonly wrong: readonly string[] }

export type Findings = {
  readonly options: Options
  readonly lines: readonly Line[]
  readonly events: number
  readonly faults: readonly Fault[]
  /** That cannot be done on this machine. */
  readonly skipped: readonly Fault[]
  /** How often each process ended without being told to, such as a relay that was superseded. */
  readonly ends: ReadonlyMap<string, number>
  readonly duplicates: number
  readonly parked: number
  /** Commands that had to be sent again in the end to learn what became of them. */
  readonly settled: number
  readonly rebuilds: readonly Digest[]
  readonly verdicts: readonly Verdict[]
  readonly stormMs: number
  readonly totalMs: number
}

type Row = readonly (string | number)[]

export const reportOf = (findings: Findings): string => {
  const { options, verdicts, stormMs, totalMs } = findings
  const { seed, kills, commands } = options
  return [
    `Seed \`${seed}\`, commit \`${commit()}\`, ${new Date().toISOString().slice(0, 10)}, ${machine()}.`,
    `To be repeated with \`npm run prove -- --kills ${kills} --commands ${commands} --seed ${seed}\`.`,
    '',
    table(
      ['verdict', ''],
      verdicts.map(({ name, wrong }) => [name, wrong.length === 0 ? 'holds' : `FAILS: ${wrong.length}`]),
    ),
    '',
    table(['fault', 'how often', 'on'], faultRows(findings)),
    '',
    table(['commands by outcome', 'how many'], outcomeRows(findings.lines)),
    '',
    table(
      ['also', ''],
      [
        ['events in the store', findings.events],
        ['commands settled at the end by sending them again', findings.settled],
        ['records that the relay wrote twice, dropped by the projections', findings.duplicates],
        ['units that ended by themselves and were started again', endsOf(findings.ends)],
        ['streams parked', findings.parked],
        ...findings.rebuilds.map(
          ({ model, live, rebuilt }): Row => [
            `${model}, rebuilt from zero`,
            live === rebuilt ? `the same ${live}` : `${rebuilt} instead of ${live}`,
          ],
        ),
        ['storm', `${Math.round(stormMs / 1_000)} s`],
        ['from start to last verdict', `${Math.round(totalMs / 1_000)} s`],
      ],
    ),
  ].join('\n')
}

const faultRows = ({ faults, skipped }: Findings): Row[] => {
  const kinds = Object.keys(faultKinds) as FaultKind[]
  return kinds.flatMap((kind) => {
    const { says } = faultKinds[kind]
    const missed = skipped.filter((fault) => fault.kind === kind)
    if (missed.length > 0) return [[says, `skipped ${missed.length} times: not possible on this machine`, '']]
    const done = faults.filter((fault) => fault.kind === kind)
    return [[says, done.length, countsBy(done.map(({ target }) => target))]]
  })
}

const outcomeRows = (lines: readonly Line[]): Row[] => {
  const outcomes = new Map<number, string>()
  let unanswered = 0
  let repeated = 0
  const reads = new Map<string, number>()
  for (const line of lines) {
    if (line.line === 'sent' && line.attempt > 1) repeated += 1
    if (line.line === 'read') {
      const what = line.status === 200 ? 'showed it' : 'said that it cannot yet (503)'
      reads.set(what, (reads.get(what) ?? 0) + 1)
    }
    if (line.line !== 'answered') continue
    if (line.outcome === 'unknown') unanswered += 1
    outcomes.set(line.n, line.outcome === 'refused' ? `refused, ${codeOf(line.body)}` : line.outcome)
  }
  const counts = [...Map.groupBy(outcomes.values(), (outcome) => outcome)].map(
    ([outcome, { length }]): Row => [outcome, length],
  )
  return [
    ['all', outcomes.size],
    ...counts.sort(([one], [other]) => String(one).localeCompare(String(other))),
    ['attempts without an answer, or with 503', unanswered],
    ['attempts that repeated a command with its key', repeated],
    ...[...reads].map(([what, count]): Row => [`reads of one's own write by token: ${what}`, count]),
  ]
}

const codeOf = (body: Readonly<Record<string, unknown>>) => String(body.type).replace('/problems/', '')

const endsOf = (ends: ReadonlyMap<string, number>): string =>
  [...ends]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

const countsBy = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([name, { length }]) => `${name} ${length}`)
    .join(', ')

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`

const table = (head: readonly string[], rows: readonly Row[]): string => {
  const all = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell))),
  ]
  const widths = head.map((_, n) => Math.max(3, ...all.map((row) => row[n]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${widths.map((width, n) => (row[n] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...all.slice(1).map(line)].join(
    '\n',
  )
}
