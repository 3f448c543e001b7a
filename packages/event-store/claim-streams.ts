import { type ClientId, type DomainEvent, metadataFromStored } from '@bizosaas/schemas'
import type { Claim } from './claims.ts'
import type { CommandContext } from './command.ts'
import { WrongRevision } from './errors.ts'
import { eventOf } from './folded-streams.ts'
import { releaseWrite } from './new-events.ts'
import type { EventStore } from './store.ts'

/** How a claim stands: who holds it, if anybody does. */
export interface Standing {
  readonly revision: number
  readonly holder: string | null
  readonly clientId: ClientId | null
}

/** @throws StoreUnavailable */
export async function standingOf(store: EventStore, { stream }: Claim): Promise<Standing> {
  let standing: Standing = { revision: -1, holder: null, clientId: null }
  for await (const stored of store.readStream(stream)) {
    const { type, data } = eventOf<DomainEvent<'ValueClaimed' | 'ValueReleased'>>(stored)
    const { clientId } = metadataFromStored(stored.metadata)
    standing = { revision: stored.revision, holder: type === 'ValueClaimed' ? data.holder : null, clientId }
  }
  return standing
}

/**
 * Releases what `holder` holds, and nothing that somebody else holds by now; so it may be done again.
 *
 * @throws StoreUnavailable
 */
export async function releaseClaim(
  store: EventStore,
  context: CommandContext,
  clientId: ClientId | null,
  claim: Claim,
  holder: string,
): Promise<void> {
  const { revision, holder: now } = await standingOf(store, claim)
  if (now !== holder) return
  try {
    await store.append([releaseWrite(context, clientId, claim, holder, revision)])
  } catch (error) {
    // Somebody else released it at the same moment, for nobody takes what is held.
    if (!(error instanceof WrongRevision)) throw error
  }
}
