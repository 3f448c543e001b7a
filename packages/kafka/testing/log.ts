/** What the tests of this folder write and wait for. */
import { randomUUID } from 'node:crypto'
import type { TopicPartition } from '../connect.ts'
import type { OutgoingRecord } from '../producer.ts'
import { encodeRecord } from '../record.ts'

export const place = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`

/** A record at `position`, after the one at `position - 1`. */
export const recordAt = (where: TopicPartition, position: number): OutgoingRecord => ({
  ...where,
  ...encodeRecord(
    { stream: 'a', revision: 0, position, prev: position - 1, eventId: randomUUID(), metadata: null },
    1,
    Buffer.alloc(100),
  ),
})

/** Waits for a condition. @throws when it does not come true in time */
export const until = async (condition: () => boolean, limitMs = 20_000): Promise<void> => {
  const end = Date.now() + limitMs
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Not true within ${limitMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const within = <Result>(limitMs: number, work: Promise<Result>): Promise<Result> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`Not done within ${limitMs} ms`)), limitMs).unref()
    }),
  ])
