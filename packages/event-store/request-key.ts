import { type ClientId, streamName } from '@bizosaas/schemas'
import type { CommandContext } from './command.ts'
import { WrongRevision } from './errors.ts'
import { claimWrite } from './new-events.ts'
import type { EventStore } from './store.ts'

/**
 * Claims a command's id for what was sent with it, before the command is carried out. For commands that are carried out
 * on several streams in several appends: none of those streams can tell what else the id was used for. The event's id
 * follows from what was sent, so the store answers a repeat as the first time.
 *
 * @returns whether the id is this command's; if not, it came before with something else, and nothing was appended
 * @throws StoreUnavailable
 */
export async function claimRequest(
  store: EventStore,
  context: CommandContext,
  clientId: ClientId | null,
  holder: string,
): Promise<boolean> {
  const { tenantId, commandId } = context
  const claim = { kind: 'request', stream: streamName('claim', tenantId, `request:${commandId}`) }
  try {
    await store.append([claimWrite(context, clientId, claim, holder)])
    return true
  } catch (error) {
    if (error instanceof WrongRevision) return false
    throw error
  }
}
