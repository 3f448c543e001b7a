import { randomUUID } from 'node:crypto'
import { CampaignId, ClientId, type DomainEvent, Instant, TenantId } from '@bizosaas/schemas'
import type { CommandContext } from '../command.ts'
import { alreadyDone, type Decider } from '../decider.ts'

/** A thing with a name, as small as an aggregate can be: it is made, renamed, and under the name 'locked' never again. */
export type ShelfCommand =
  | { readonly type: 'make'; readonly clientId: ClientId; readonly name: string }
  /** One event for each name that is another than the one before. */
  | { readonly type: 'rename'; readonly names: readonly string[] }

export interface Shelf {
  readonly clientId: ClientId | null
  readonly name: string | null
}

export type ShelfEvent = DomainEvent<'CampaignCreated' | 'CampaignRenamed'>

const campaignId = CampaignId.parse('019ab000-0000-4000-8000-000000000001')

export const shelf: Decider<ShelfCommand, ShelfEvent, Shelf> = {
  category: 'campaign',
  initial: { clientId: null, name: null },
  clientOf: ({ clientId }) => clientId,
  decide(command, { name }) {
    if (command.type === 'make') {
      const { clientId } = command
      if (name !== null) return alreadyDone
      return [{ type: 'CampaignCreated', data: { campaignId, clientId, name: command.name, objective: null } }]
    }
    if (name === null) return { refusal: 'not-found', detail: 'There is no shelf.' }
    const names = command.names.filter((next, n) => next !== (command.names[n - 1] ?? name))
    if (names.length > 0 && name === 'locked') return { refusal: 'locked', detail: 'The shelf is locked.' }
    return names.map((next) => ({ type: 'CampaignRenamed', data: { campaignId, name: next } }))
  },
  evolve: (state, { type, data }) =>
    type === 'CampaignCreated' ? { clientId: data.clientId, name: data.name } : { ...state, name: data.name },
}

export const clientId = ClientId.parse(randomUUID())
export const make = (name: string, owner = clientId) => ({ type: 'make', clientId: owner, name }) as const
export const rename = (...names: string[]) => ({ type: 'rename', names }) as const

export function contextOf(overrides: Partial<CommandContext> = {}): CommandContext {
  const commandId = randomUUID()
  return {
    tenantId: TenantId.parse('019ab000-0000-4000-8000-0000000000aa'),
    clientIds: null,
    actor: 'tester',
    commandId,
    bodyHash: 'a',
    correlationId: commandId,
    causationId: commandId,
    traceparent: null,
    now: Instant.now(),
    ...overrides,
  }
}
