/** The first events of a topic, decoded, for a peer that keeps them in a store of its own. */
import { serveTasks } from '../lib/worker.ts'
import type { EmmettEvent } from '../peers/emmett.ts'
import { readTopic } from './consume.ts'

serveTasks<{ readonly topic: string; readonly most: number }, readonly EmmettEvent[]>(async ({ topic, most }) => {
  const events: EmmettEvent[] = []
  await readTopic(topic, most, ({ records, itemOf }) => {
    for (const record of records) {
      const event = itemOf?.(record).event
      if (event) events.push({ stream: event.stream, type: event.type, data: event.data })
    }
  })
  return events
})
