/** What is known of parked streams, for the eyes of an operator. */
import type { Listed, Order, Shown } from './api.ts'

export function inWords(streams: readonly Listed[]): string {
  if (streams.length === 0) return 'Nothing is parked.'
  return streams
    .map(({ id, model, version, stream, type, position, behind, since, error }) =>
      [
        `${id}  ${model} v${version}`,
        `  ${stream}`,
        `  ${type} at position ${position}, since ${since}; ${behind} behind it`,
        ...(error === undefined ? [] : [`  ${error}`]),
      ].join('\n'),
    )
    .join('\n')
}

export function detailsInWords({ model, version, stream, first, waiting, behind, orders }: Shown): string {
  const lines = [`${stream} in ${model} v${version}`]
  if (first === null) lines.push('Nothing of it is parked any more.')
  else {
    lines.push(`${first.type} at position ${first.position}, revision ${first.revision}, event ${first.eventId}`)
    if (first.error !== undefined) lines.push(first.stack ?? first.error)
    if (first.data !== undefined) lines.push(JSON.stringify(first.data, null, 2))
    if (first.bytes !== undefined) lines.push(`It cannot be read; its bytes in Base64: ${first.bytes}`)
    lines.push(`${behind} behind it${behind > 0 ? ':' : ''}`)
    for (const each of waiting) lines.push(`  ${each.position}  ${each.type}, revision ${each.revision}`)
    if (behind > waiting.length) lines.push(`  and ${behind - waiting.length} more`)
  }
  for (const each of orders) {
    const what = each.position === null ? each.kind : `${each.kind} of position ${each.position}`
    const why = each.reason === null ? '' : ` ("${each.reason}")`
    lines.push(`${each.at}  ${what} by ${each.by}${why}: ${outcomeInWords(each)}`)
  }
  return lines.join('\n')
}

export function outcomeInWords({ outcome, applied, detail }: Order): string {
  const events = `${applied} ${applied === 1 ? 'event was' : 'events were'} applied`
  const why = detail ? `: ${detail}` : '.'
  switch (outcome) {
    case 'pending':
      return 'not carried out yet.'
    case 'applied':
      return `${events}, and nothing waits any more.`
    case 'parked':
      return `${events}, then one could not be${why}`
    case 'refused':
      return `it does not fit, and nothing changed${why}`
  }
}
