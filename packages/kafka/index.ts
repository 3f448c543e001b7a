/** Topics as the rest of the system sees them: ordered logs of events in partitions. */
export { type Grant, grant, revoke } from './acls.ts'
export { connectKafka, type KafkaCluster, type TopicPartition } from './connect.ts'
export { type ConsumedBatch, type ConsumerOptions, consume, type LogConsumer } from './consumer.ts'
export { partitioner, partitionOf } from './partition.ts'
export { connectProducer, type LogProducer, type OutgoingRecord, type WrittenTail } from './producer.ts'
export { readRecords } from './read-records.ts'
export {
  type EncodedRecord,
  encodeRecord,
  eventIdOf,
  nothingBefore,
  positionOf,
  prevOf,
  type RecordHead,
  type TopicRecord,
} from './record.ts'
export {
  connectRegistry,
  mustMeanTheSame,
  type NotedSchema,
  SchemaLost,
  type SchemaName,
  type SchemaRegistry,
} from './registry.ts'
export { type OffsetRange, offsetRanges, type Stretch, scan } from './scan.ts'
export { type ConsistencyToken, parseToken, printToken } from './token.ts'
export { createTopics } from './topics.ts'
