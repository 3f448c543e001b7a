/** The language of the system: every event, how it is written, and the words around it. */
export { daysOfDate, microsOfInstant } from './calendar.ts'
export { decimalToMicros, microsToDecimal } from './decimal.ts'
export { InvalidEvent, UnknownEvent, UnreadableEvent } from './errors.ts'
export {
  avroSchema,
  canonical,
  type DomainEvent,
  decode,
  type EventType,
  encode,
  encodeStored,
  eventTypes,
  fromStored,
  isEventType,
  type SchemaOf,
  schemaOf,
} from './events.ts'
export type * from './generated/types.ts'
export { AdAccountId, CampaignId, ClientId, InvitationId, RoleId, TenantId, UserId } from './ids.ts'
export { decodeMetadata, encodeMetadata, metadataFromStored, metadataToStored } from './metadata.ts'
export { metricsRowId, metricsRowKey } from './metrics-row.ts'
export { type ParkedStream, parkedStreamId } from './parked-stream.ts'
export { parseStreamName, type StreamName, streamName } from './streams.ts'
export { CalendarDate, Instant, instantOf, nextDay } from './time.ts'
export { partitionKeyOf, type Topic, topicKind, topicName, topicOf, topics } from './topics.ts'
export { nameBasedUuid } from './uuid.ts'
