/**
 * A batch as it goes from one thread to another: all its bytes in one buffer that changes hands, instead of thousands of
 * small ones that would be copied one by one.
 */
import { headerNames } from '@bizosaas/kafka'
import type { Batch, PositionedRecord } from './publishing.ts'

export type PackedBatch = Omit<Batch, 'records'> & {
  readonly topics: readonly string[]
  /** Of each record: topic (which of `topics`), partition, position, then the lengths of key, value and headers. */
  readonly layout: Float64Array<ArrayBuffer>
  /** Of each record: key, value and headers, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const numbersOfRecord = 5 + headerNames.length

const piecesOf = ({ key, value, headers }: PositionedRecord): readonly Buffer[] => [
  key,
  value,
  ...headerNames.map((name) => headers[name]),
]

export const pack = ({ records, ...rest }: Batch): PackedBatch => {
  const topics = [...new Set(records.map(({ topic }) => topic))]
  const pieces = records.map(piecesOf)
  const bytes = new Uint8Array(pieces.flat().reduce((sum, piece) => sum + piece.length, 0))
  const layout = new Float64Array(records.length * numbersOfRecord)
  let at = 0
  records.forEach(({ topic, partition, position }, n) => {
    const own = pieces[n] ?? []
    layout.set([topics.indexOf(topic), partition, position, ...own.map(({ length }) => length)], n * numbersOfRecord)
    for (const piece of own) {
      bytes.set(piece, at)
      at += piece.length
    }
  })
  return { ...rest, topics, layout, bytes }
}

/** What `postMessage` hands over rather than copies. */
export const ownedBy = ({ layout, bytes }: PackedBatch): ArrayBuffer[] => [layout.buffer, bytes.buffer]

export const unpack = ({ topics, layout, bytes, ...rest }: PackedBatch): Batch => {
  const all = Buffer.from(bytes.buffer)
  let at = 0
  const next = (length: number): Buffer => {
    at += length
    return all.subarray(at - length, at)
  }
  const recordAt = (n: number): PositionedRecord => {
    const [topic = 0, partition = 0, position = 0, ...lengths] = layout.subarray(
      n * numbersOfRecord,
      (n + 1) * numbersOfRecord,
    )
    const [key, value, ...headers] = lengths.map(next)
    if (key === undefined || value === undefined) throw new TypeError('The batch was not packed as it is unpacked')
    return {
      topic: topics[topic] ?? '',
      partition,
      position,
      key,
      value,
      headers: Object.fromEntries(
        headerNames.map((name, index) => [name, headers[index]]),
      ) as PositionedRecord['headers'],
    }
  }
  return { ...rest, records: Array.from({ length: layout.length / numbersOfRecord }, (_, n) => recordAt(n)) }
}
