import { partitioner, printToken } from '@bizosaas/kafka'
import type { Settings } from '@bizosaas/runtime'
import { parseStreamName, partitionKeyOf, topicName, topicOf } from '@bizosaas/schemas'

export type TokenOf = (stream: string) => (position: number) => string

/** Where in the topics the events of a stream will be: a command's answer says how far a reader must have come. */
export function consistencyTokens({
  TOPIC_GENERATION: generation,
  TOPIC_PARTITIONS: partitions,
}: Settings<'TOPIC_GENERATION' | 'TOPIC_PARTITIONS'>): TokenOf {
  const partitionOf = partitioner(partitions)
  return (stream) => {
    const name = parseStreamName(stream)
    if (name === null) throw new TypeError(`${stream} is in no topic.`)
    const topic = topicName(topicOf(name.category), generation)
    const partition = partitionOf(partitionKeyOf(name))
    return (position) => printToken({ topic, partition, position })
  }
}
