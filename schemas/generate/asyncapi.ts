import { stringify } from 'yaml'
import type { Category } from '../generated/types.ts'
import { type Topic, topicName, topicOf, topics } from '../topics.ts'
import type { Definition, Schemas } from './load.ts'
import { latestOf } from './load.ts'
import { selfContained } from './self-contained.ts'

const generation = 'g1'
const avro = 'application/vnd.apache.avro+json;version=1.9.0'

const purposes: Readonly<Record<Topic, string>> = {
  events: 'Every event but ad metrics. The partition is murmur2 of the tenant id: a tenant is one ordered log.',
  observations: 'Ad metrics. The partition is murmur2 of the ad account id: an ad account is one ordered log.',
}

/** AsyncAPI 3.0 of the internal topics, every version of every event in it. */
export function asyncApiFile(schemas: Schemas): string {
  const events = schemas.events.flatMap((versions) =>
    versions.map((one) => ({ ...one, topics: topicsOf(latestOf(versions)) })),
  )
  const payload = (one: Definition) => ({
    schemaFormat: avro,
    schema: selfContained(one, schemas.named, { docs: true }),
  })
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'BizOSaaS events',
      version: '1.0.0',
      description:
        'What happened, in the order in which it was stored, kept for ever. A record is read with the schema that its ' +
        'registry id names; within a major every version of a schema reads every other.',
    },
    defaultContentType: 'application/avro',
    channels: Object.fromEntries(
      topics.map((topic) => [
        topic,
        {
          address: topicName(topic, generation),
          description: purposes[topic],
          messages: Object.fromEntries(
            events
              .filter((event) => event.topics.includes(topic))
              .map((event) => [messageName(event), { $ref: `#/components/messages/${messageName(event)}` }]),
          ),
          bindings: {
            kafka: {
              topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1, 'retention.bytes': -1 },
              bindingVersion: '0.5.0',
            },
          },
        },
      ]),
    ),
    operations: Object.fromEntries(
      topics.map((topic) => [
        `publish-${topic}`,
        { action: 'send', summary: 'The relay copies the event store.', channel: { $ref: `#/channels/${topic}` } },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        events.map((event) => [
          messageName(event),
          {
            name: event.name,
            title: event.version === 1 ? event.name : `${event.name}, version ${event.version}`,
            summary: event.schema.doc,
            traits: [{ $ref: '#/components/messageTraits/record' }],
            payload: payload(event),
          },
        ]),
      ),
      messageTraits: { record },
      schemas: { Metadata: payload(latestOf(schemas.metadata)) },
    },
  }
  const notice = '# Generated from the .avsc files by `npm run generate`: change those, not this.\n'
  return notice + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })
}

/** What all records have in common; packages/kafka/record.ts lays it out. */
const record = {
  headers: {
    type: 'object',
    required: ['event'],
    properties: {
      event: {
        type: 'string',
        format: 'binary',
        minLength: 40,
        description: `Binary, integers big-endian, one behind the other:

- position (int64): the event's commit position in the event store; ascends within a partition
- prev (int64): position of the record before this one in the same partition, -1 in the first; a gap is loss
- revision (int64): the event's number in its stream, from 0
- event id (16 bytes): a UUID
- one byte: the version of the Metadata schema; then Metadata in Avro (see components). Both are missing where the stored metadata could not be read`,
      },
    },
  },
  bindings: {
    kafka: {
      key: { type: 'string', description: 'The stream: <category>-<tenantId>.<id>' },
      schemaIdLocation: 'payload',
      schemaIdPayloadEncoding: 'confluent',
      schemaLookupStrategy: 'RecordNameStrategy',
      bindingVersion: '0.5.0',
    },
  },
}

const messageName = ({ name, version }: Definition) => `${name}.v${version}`

/** What has no category stands in for any event. */
function topicsOf({ schema }: Definition): readonly Topic[] {
  return 'category' in schema ? [topicOf(schema.category as Category)] : topics
}
