/** Server-side filters on `$all`: by stream name or event type, each by prefixes or by a regular expression. */
import { decodeRecord } from '../store/record.ts'
import { invalidArgument } from './errors.ts'
import type { Expression, FilterOptions } from './protocol.ts'

/** Whether an event passes. */
export type Filter = (record: Uint8Array) => boolean

/** A request's filter. Throws INVALID_ARGUMENT when it is no filter, or its expression is none that JavaScript knows. */
export const filterOf = (options: FilterOptions): Filter => {
  if (options.streamIdentifier) {
    const passes = matcher(options.streamIdentifier)
    return (record) => passes(decodeRecord(record).stream)
  }
  if (options.eventType) {
    const passes = matcher(options.eventType)
    return (record) => passes(decodeRecord(record).type)
  }
  throw invalidArgument('A filter is on the stream name or on the event type')
}

const matcher = ({ regex, prefix = [] }: Expression): ((text: string) => boolean) => {
  if (!regex) return (text) => prefix.some((start) => text.startsWith(start))
  try {
    const expression = new RegExp(regex, 'u')
    return (text) => expression.test(text)
  } catch (error) {
    throw invalidArgument(`'${regex}' is not a regular expression: ${error instanceof Error ? error.message : error}`)
  }
}
