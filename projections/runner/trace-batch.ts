import type { TopicRecord } from '@bizosaas/kafka'
import { isSampled, noteSpans } from '@bizosaas/runtime'
import type { Step } from './advance.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Projection } from './projection.ts'

/** Notes in the traces of the events in a batch, where these are recorded, that the model has now dealt with them. */
export function traceBatch(
  { name, version, types }: Projection,
  records: readonly TopicRecord[],
  { from, to, done }: Step & { readonly type: 'moved' } & { readonly from: Checkpoint },
  startedAtMs: number,
): void {
  const traced = records.filter(({ position, type, metadata }) => {
    return isSampled(metadata?.traceparent) && types.has(type) && position > from.position && position <= to.position
  })
  if (traced.length === 0) return
  const parked = new Set(done.parked.map(({ record }) => record.position))
  const events = traced.map(({ topic, partition, position, eventId, metadata }) => ({
    traceparent: metadata?.traceparent ?? '',
    attributes: {
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'bizosaas.position': position,
      'bizosaas.event_id': eventId,
      'bizosaas.model_version': version,
      'bizosaas.outcome': parked.has(position) ? 'parked' : 'applied',
    },
  }))
  noteSpans(`apply ${name}`, 'consumer', new Date(startedAtMs), events)
}
