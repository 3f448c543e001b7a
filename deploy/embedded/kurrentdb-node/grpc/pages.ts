/** What reads share: how records become frames. */
import type { Row } from '../store/read.ts'
import { withStructuredId } from '../store/record.ts'
import type { ReadOptions } from './protocol.ts'

/** A row as the message to send; the usual case copies nothing. */
export const frameOf = (options: ReadOptions): ((row: Row) => Uint8Array) =>
  options.uuidOption?.string ? (row) => row.record : (row) => withStructuredId(row.record, row.position)

/** Lets whoever waits (appends above all) have a turn before the next chunk is read. */
export const yieldToOthers = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How many events at most; the protocol's counts go up to 2^64 - 1. */
export const countOf = (options: ReadOptions): number => Number(options.count ?? 0)
