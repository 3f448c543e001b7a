/**
 * Every reading of personal data is a fact of its own, recorded before the answer is given: who read about whom is then as lasting and
 * as complete as everything else in the audit trail. Without it there is no answer: nobody reads while the event store is away.
 */
import { commandIdOf, derivedId, type EventStore, newEvents } from '@bizosaas/event-store'
import { commandContext, type Request } from '@bizosaas/http'
import { type ClientId, streamName } from '@bizosaas/schemas'

/** @throws StoreUnavailable */
export type ReadLog = (request: Request, people: readonly Subject[]) => Promise<void>
type Subject = { readonly id: string; readonly client_id: ClientId | null }

export function readLog(store: Pick<EventStore, 'append'>): ReadLog {
  return async (request, people) => {
    if (people.length === 0) return
    // Each reading is one of its own, and no command of the sender's.
    const asked = { ...request, idempotencyKey: null, bodyHash: '', becomes: () => {} }
    const context = commandContext(asked, commandIdOf)
    const readId = derivedId(context.commandId, 'read')
    const [clientId = null, ...others] = new Set(people.map(({ client_id }) => client_id))
    const subjects = [...new Set(people.map(({ id }) => id))].sort()
    const data = { readId, route: request.route, subjects }
    const events = newEvents(context, others.length === 0 ? clientId : null, [{ type: 'PersonalDataRead', data }])
    const stream = streamName('personalDataRead', context.tenantId, readId)
    await store.append([{ stream, expected: 'no-stream', events }])
  }
}
