import type { StoredEvent } from '@bizosaas/event-store'
import type { ModelState, Way } from './story.ts'

/**
 * The way of a command as a tree; times are counted from when the request was taken. When exactly the event store took an
 * event is not told: its client knows that in whole seconds alone.
 */
export function printStory(ways: readonly Way[]): string {
  const [first] = ways
  if (first === undefined) return ''
  const { metadata } = first.event
  const received = Date.parse(String(metadata.recordedAt))
  const since: Since = (at) => (at === null ? 'when is not known' : after(Date.parse(at) - received))
  const facts = [
    ['command', metadata.causationId ?? metadata.commandId],
    ['actor', metadata.actor],
    ['tenant', metadata.tenantId],
    ['client', metadata.clientId ?? 'none'],
    ['request', metadata.correlationId],
    ['trace', String(metadata.traceparent ?? 'none').split('-')[1] ?? 'none'],
  ]
  return [
    ...facts.map(([name, value]) => `${String(name).padEnd(9)}${value}`),
    '',
    `received ${metadata.recordedAt}`,
    ...branches(ways, (way) => [
      `appended  ${eventLine(way.event)}`,
      ...branches([publishedLine(way, since), ...way.models.map((model) => modelLine(model, since))], (line) => [line]),
    ]),
  ].join('\n')
}

type Since = (at: string | null) => string

const eventLine = ({ type, stream, revision, position, id }: StoredEvent) =>
  `${type}  ${stream} @${revision}  position ${position}  event ${id}`

function publishedLine({ published, place }: Way, since: Since): string {
  if (published === null) return 'not in Kafka yet'
  const { seq, epoch, at } = published
  return `published ${since(at)}  ${place.topic}[${place.partition}]  row ${seq} of the ledger, relay ${epoch}`
}

function modelLine({ model, version, serves, state, at, exact, reason }: ModelState, since: Since): string {
  const name = `${model} v${version}${serves ? '' : ' (does not serve)'}`
  if (state !== 'applied') return `${name}  ${state}${reason ? `: ${reason}` : ''}`
  return `${name}  applied ${exact ? '' : 'at the latest '}${since(at)}`
}

function branches<Item>(items: readonly Item[], lines: (item: Item) => readonly string[]): string[] {
  return items.flatMap((item, index) => {
    const isLast = index === items.length - 1
    return lines(item).map((line, n) => `${n === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  '}${line}`)
  })
}

function after(ms: number): string {
  const sign = ms < 0 ? '-' : '+'
  const size = Math.abs(ms)
  return size < 10_000 ? `${sign}${size} ms` : `${sign}${(size / 1000).toFixed(1)} s`
}
