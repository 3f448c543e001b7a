import type { Category } from './generated/types.ts'
import type { StreamName } from './streams.ts'

/** Ad metrics are most of the volume and go by ad account; all else of a tenant is one ordered log. */
export type Topic = 'events' | 'observations'

export const topics: readonly Topic[] = ['events', 'observations']

export function topicOf(category: Category): Topic {
  return category === 'adAccountDay' ? 'observations' : 'events'
}

/** What decides on a stream's partition: its tenant, or for observations its ad account. */
export function partitionKeyOf({ category, tenantId, id }: StreamName): string {
  return topicOf(category) === 'events' ? tenantId : (id.split(':', 1)[0] as string)
}

/** `events.g1`; partition count, partitioner and codec never change inside a generation. */
export function topicName(topic: Topic, generation: string): string {
  return `${topic}.${generation}`
}

/** Which kind of topic a topic's name says; null when it is none of ours. */
export function topicKind(name: string): Topic | null {
  return topics.find((kind) => name.startsWith(`${kind}.`)) ?? null
}
