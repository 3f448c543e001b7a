import { Partitioners } from 'kafkajs'

const pick = Partitioners.DefaultPartitioner()
const metadata = Array.from({ length: 1_024 }, (_, partitionId) => ({
  partitionId,
  partitionErrorCode: 0,
  leader: 0,
  replicas: [],
  isr: [],
}))

/**
 * The partition of a key: `toPositive(murmur2(key)) % partitions`, exactly as the Java client and every other client choose
 * it, so that a partner's consumer may compute it too.
 *
 * @param key the tenant's id, or the ad account's id for observations
 * @param partitions how many partitions the topic has: fixed inside a generation, at most 1,024
 */
export const partitionOf = (key: string, partitions: number): number => {
  if (!(Number.isSafeInteger(partitions) && partitions > 0 && partitions <= metadata.length)) {
    throw new RangeError(`A topic has 1 to ${metadata.length} partitions, not ${partitions}`)
  }
  return pick({ topic: '', partitionMetadata: metadata.slice(0, partitions), message: { key, value: null } })
}

/** `partitionOf` with a memory, for those who ask for the same keys again and again. */
export const partitioner = (partitions: number): ((key: string) => number) => {
  const known = new Map<string, number>()
  return (key) => {
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    if (known.size >= 100_000) known.clear()
    const partition = partitionOf(key, partitions)
    known.set(key, partition)
    return partition
  }
}
