/** What is known of rebuilds, for the eyes of an operator. */
import { clock } from '../import/progress.ts'
import type { DifferingRow, Entry, Order, Shown } from './api.ts'

const width = 30

/** `campaign-list v2  ████████░░░░  61 %   12,000 events   9,120 events/s   4,100 rows/s   0:07 left` */
export function progressLine({ model, version, state, progress }: Shown): string {
  if (progress === null) return `${model}: ${state}`
  const { events, eventsPerSecond, rowsPerSecond, secondsLeft, parked, halted } = progress
  const all = events.done + events.todo
  const part = all === 0 ? 1 : events.done / all
  const bar = '█'.repeat(Math.round(part * width)).padEnd(width, '░')
  const percent = String(Math.floor(part * 100)).padStart(3)
  const pace =
    eventsPerSecond === null ? [] : [`${count(eventsPerSecond)} events/s`, `${count(rowsPerSecond ?? 0)} rows/s`]
  const left = secondsLeft === null ? '-:--' : clock(secondsLeft)
  return [
    `${model} v${version}  ${bar} ${percent} %`,
    `${count(events.done)} events`,
    ...pace,
    state === 'building' ? `${left} left` : state === 'ready' ? 'built, is compared' : state,
    ...(parked > 0 ? [`${count(parked)} parked`] : []),
    ...halted.map(({ topic, partition, reason = '' }) => `halted in ${topic}[${partition}] ${reason}`.trim()),
  ].join('   ')
}

export function inWords(rebuilds: readonly Entry[], model: string): string {
  if (rebuilds.length === 0) return `${model} was never rebuilt.`
  return rebuilds
    .map(({ id, version, state, by, reason, orderedAt, startedAt }) => {
      const who = by === null ? '' : ` by ${by}`
      const why = reason === null ? '' : ` ("${reason}")`
      return `${id}  ${version === null ? '-' : `v${version}`}  ${state}, ordered ${orderedAt ?? startedAt}${who}${why}`
    })
    .join('\n')
}

/** How a version compares with the one that serves, and what can be done next. */
export function verificationInWords({ model, version, verification }: Shown): string {
  if (verification === null) return `Version ${version} of ${model} was not compared yet.`
  const { against, difference, ofAll, yours, columnsOnlyOld, columnsOnlyNew } = verification
  const counts = ofAll ?? yours
  if (against === null)
    return `Version ${version} of ${model} is built: ${count(counts?.rowsNew ?? 0)} rows, and no other to compare them with.`
  if (difference === null)
    return `Version ${version} of ${model} is built and equal to version ${against}: ${count(counts?.rowsNew ?? 0)} rows.`
  return [
    `Version ${version} of ${model} is built and differs from version ${against}:`,
    ...(counts === null
      ? []
      : [
          `  ${count(counts.changed)} rows changed, ${count(counts.onlyOld)} only before, ${count(counts.onlyNew)} only now`,
        ]),
    ...named('columns only before', columnsOnlyOld),
    ...named('columns only now', columnsOnlyNew),
    `  npm run rebuild -- diff ${model}`,
    `  npm run rebuild -- cut-over ${model} --accept-diff ${difference} --reason "..."`,
  ].join('\n')
}

const named = (what: string, columns: readonly string[]): string[] =>
  columns.length === 0 ? [] : [`  ${what}: ${columns.join(', ')}`]

export function differencesInWords(rows: readonly DifferingRow[]): string {
  if (rows.length === 0) return 'No row of this tenant differs.'
  return rows
    .map(({ kind, key, cells, stream, revision, eventId, position }) => {
      const what = { onlyOld: 'only before', onlyNew: 'only now', changed: 'changed' }[kind]
      const by = stream === null ? `event ${eventId ?? `at ${position}`}` : `${stream}, up to revision ${revision}`
      const lines = Object.entries(cells).map(([name, cell]) => `    ${name}: ${cellInWords(cell)}`)
      const id = Object.keys(key).filter((name) => name !== 'tenant_id')
      return [`${id.map((name) => key[name]).join(' ')}  ${what}  by ${by}`, ...lines].join('\n')
    })
    .join('\n')
}

const cellInWords = (cell: { readonly old?: unknown; readonly new?: unknown }): string =>
  ['old', 'new']
    .filter((side) => side in cell)
    .map((side) => JSON.stringify(cell[side as 'old' | 'new']))
    .join(' → ')

export function outcomeInWords({ kind, outcome, detail }: Order): string {
  if (outcome === 'refused') return `${kind}: it does not fit, and nothing changed: ${detail}`
  return `${kind}: done.`
}

const count = (n: number): string => n.toLocaleString('en')
