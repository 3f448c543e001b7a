import type { TopicPartition } from './connect.ts'

/**
 * A place in the log that a reader waits for, so that it reads what it has just written: the position of an event in its
 * partition. Printed as `<kind>.<generation>.<partition>.<position>`, for example `events.g1.7.48213`.
 */
export type ConsistencyToken = TopicPartition & { readonly position: number }

const shape = /^((?:events|observations)\.[a-z0-9]{1,32})\.(\d{1,4})\.(\d{1,16})$/

/** Reads a token as it comes in a header or query parameter; null when it is none. */
export const parseToken = (text: string): ConsistencyToken | null => {
  const [, topic, partition, position] = shape.exec(text) ?? []
  if (topic === undefined || !Number.isSafeInteger(Number(position))) return null
  return { topic, partition: Number(partition), position: Number(position) }
}

export const printToken = ({ topic, partition, position }: ConsistencyToken): string =>
  `${topic}.${partition}.${position}`
