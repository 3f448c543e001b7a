import { topicsOf } from '@bizosaas/projections/runner/items.ts'
import type { Projection } from '@bizosaas/projections/runner/projection.ts'
import { type Topic, topicName, topics } from '@bizosaas/schemas'

/** Which kinds of topics a model reads: those that hold the events that it handles. */
export function kindsOf(model: Projection): readonly Topic[] {
  const read = topicsOf(model, 'g1')
  return topics.filter((kind) => read.includes(topicName(kind, 'g1')))
}
