/**
 * Reads all of history with nothing but the official client: no code of the system is between the event store and the
 * oracle, so that an error there cannot hide itself here.
 */
import { KurrentDBClient, START } from '@kurrent/kurrentdb-client'

export type Fact = {
  stream: string
  tenantId: string
  revision: number
  position: bigint
  type: string
  data: Record<string, unknown>
  metadata: Record<string, string>
}

export async function* history(url: string): AsyncGenerator<Fact> {
  const client = KurrentDBClient.connectionString(url)
  try {
    for await (const { event } of client.readAll({ fromPosition: START, direction: 'forwards' })) {
      if (!event || event.streamId.startsWith('$') || event.type.startsWith('$')) continue
      yield {
        stream: event.streamId,
        tenantId: event.streamId.slice(event.streamId.indexOf('-') + 1).split('.')[0] ?? '',
        revision: Number(event.revision),
        position: event.position?.commit ?? -1n,
        type: event.type,
        data: event.data as Record<string, unknown>,
        metadata: event.metadata as Record<string, string>,
      }
    }
  } finally {
    await client.dispose()
  }
}
