import type { Category } from './generated/types.ts'
import { parseStreamName } from './streams.ts'

/** Ad metrics are most of the volume and go by ad account; all else of a tenant is one ordered log. */
export type Topic = 'events' | 'observations'

export const topics: readonly Topic[] = ['events', 'observations']

export function topicOf(category: Category): Topic {
  return category === 'adAccountDay' ? 'observations' : 'events'
}

/**
 * What decides on a stream's partition: its tenant, or for observations its ad account.
 * @throws TypeError if the stream is not named as ours are
 */
export function partitionKeyOf(stream: string): string {
  const name = parseStreamName(stream)
  if (name === null) throw new TypeError(`${stream} is not named <category>-<tenantId>.<id>.`)
  return topicOf(name.category) === 'events' ? name.tenantId : (name.id.split(':', 1)[0] as string)
}

/** `events.g1`; partition count, partitioner and codec never change inside a generation. */
export function topicName(topic: Topic, generation: string): string {
  return `${topic}.${generation}`
}
