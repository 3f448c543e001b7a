/**
 * What the ledger says of the records that it notes, so that an auditor can tell later whether they are still what the relay
 * published.
 *
 * A window is one row of the ledger: every event after the position of the row before, up to and including its own. Windows
 * are told by positions alone. However the records were batched, sent again by a successor, or doubled by a relay that woke
 * up late, the same events give the same digests.
 *
 *   digest   of one partition in one window: SHA-256 over its records in ascending order of position, each once, each as
 *              `<bytes of the header> <bytes of the value> <bytes of the key> <key>`   lengths in decimal, all of it UTF-8
 *              the header `event`: position, prev, revision, event id, metadata        as packages/kafka/record.ts lays them
 *              the value: schema id and Avro                                           out, byte for byte
 *            A partition without a record in the window has none.
 *   chain    of one window: SHA-256 over
 *              the chain of the window before (32 bytes, all zero before the first)
 *              the window's position (int64, big-endian)
 *              of each digest, the topic events before observations, partitions ascending:
 *              the topic (1 byte: 0 events, 1 observations), the partition (uint16, big-endian), the digest (32 bytes)
 *            So no row can be altered, added or taken away without every later one showing it.
 *
 * A relay goes on from the last row: its chain, its position, and as `prev` of each partition its tails. Events after that
 * which a relay before it has sent already are laid out again, but not sent, and are in its first window.
 */
import { createHash, type Hash } from 'node:crypto'
import type { EncodedRecord } from '@bizosaas/kafka'
import { type Topic, topics } from '@bizosaas/schemas'

/** Of each partition that has a record in the window, in hexadecimal. */
export type Digests = { readonly [kind in Topic]: { readonly [partition: number]: string } }

export type WindowDigest = {
  /** To be called in ascending order of positions. */
  readonly add: (kind: Topic, partition: number, record: EncodedRecord) => void
  /** May be called once. */
  readonly end: () => Digests
}

export const windowDigest = (): WindowDigest => {
  const hashes: Record<Topic, Hash[]> = { events: [], observations: [] }
  const ended = (kind: Topic) =>
    Object.fromEntries(Object.entries(hashes[kind]).map(([partition, hash]) => [partition, hash.digest('hex')]))
  return {
    add(kind, partition, { key, value, headers: { event } }) {
      hashes[kind][partition] ??= createHash('sha256')
      hashes[kind][partition]
        .update(`${event.length} ${value.length} ${Buffer.byteLength(key)} ${key}`)
        .update(event)
        .update(value)
    },
    end: () => ({ events: ended('events'), observations: ended('observations') }),
  }
}

/** Before the first window. */
export const noChain = Buffer.alloc(32)

export const chainAfter = (before: Buffer, position: number, digests: Digests): Buffer => {
  const chain = createHash('sha256').update(before).update(int64(position))
  for (const [index, kind] of topics.entries()) {
    // Keys that are whole numbers come in ascending order.
    for (const [partition, digest] of Object.entries(digests[kind])) {
      const place = Buffer.alloc(3)
      place[0] = index
      place.writeUInt16BE(Number(partition), 1)
      chain.update(place).update(digest, 'hex')
    }
  }
  return chain.digest()
}

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
