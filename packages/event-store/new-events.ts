import { type ClientId, type DomainEvent, metadataToStored, schemaOf } from '@bizosaas/schemas'
import type { Claim } from './claims.ts'
import type { CommandContext } from './command.ts'
import { derivedId } from './ids.ts'
import type { NewEvent, Write } from './store.ts'

/**
 * Events as they are appended. Their ids follow from the command and from the hash of what was sent with it: a repeat
 * yields the same ids, and the store answers it as the first time; a reused key with something else in it does not.
 */
export function newEvents(
  context: CommandContext,
  clientId: ClientId | null,
  events: readonly DomainEvent[],
  within = '',
): NewEvent[] {
  return events.map(({ type, data }, n) => ({
    id: derivedId(context.commandId, `${context.bodyHash}/${within}${n}`),
    type,
    data,
    metadata: metadataToStored({
      tenantId: context.tenantId,
      clientId,
      actor: context.actor,
      commandId: context.commandId,
      bodyHash: context.bodyHash,
      correlationId: context.correlationId,
      causationId: context.causationId,
      recordedAt: context.now,
      schemaVersion: String(schemaOf(type).version),
      traceparent: context.traceparent,
      roles: context.roles?.join(' ') ?? null,
      origin: context.origin ?? null,
    }),
  }))
}

/** The append that takes a claim for the aggregate `holder`, at the end of what the claim's stream holds. */
export function claimWrite(
  context: CommandContext,
  clientId: ClientId | null,
  claim: Claim,
  holder: string,
  expected: Write['expected'] = 'no-stream',
): Write {
  return write(context, clientId, claim, expected, { type: 'ValueClaimed', data: { kind: claim.kind, holder } })
}

/** The append that lets go of a claim that the aggregate `holder` holds. */
export function releaseWrite(
  context: CommandContext,
  clientId: ClientId | null,
  claim: Claim,
  holder: string,
  expected: number,
): Write {
  return write(context, clientId, claim, expected, { type: 'ValueReleased', data: { kind: claim.kind, holder } })
}

function write(
  context: CommandContext,
  clientId: ClientId | null,
  { stream }: Claim,
  expected: Write['expected'],
  event: DomainEvent<'ValueClaimed' | 'ValueReleased'>,
): Write {
  return { stream, expected, events: newEvents(context, clientId, [event], `${stream}/`) }
}
