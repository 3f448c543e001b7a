/** Sign-ins: what is recorded of them, and what ends with them. */
import { randomUUID } from 'node:crypto'
import type { CommandContext } from '@bizosaas/event-store'
import { instantOf, streamName, type TenantId, type UserId } from '@bizosaas/schemas'
import { accepted, type People } from '../people.ts'
import type { SessionCommand } from '../session.ts'
import type { State } from './state.ts'

export interface SignedIn {
  readonly sessionId: string
  readonly applicationId: string
  readonly device: string | null
  readonly address: string | null
}

/** A command that no request of the API asks for, in the name of whom it is about. */
export function contextFor(tenantId: TenantId, actor: string): CommandContext {
  const commandId = randomUUID()
  return {
    tenantId,
    clientIds: null,
    actor,
    commandId,
    bodyHash: '',
    correlationId: commandId,
    causationId: commandId,
    traceparent: null,
    now: instantOf(new Date()),
  }
}

export interface Sessions {
  readonly tie: State['tie']
  readonly start: (tenantId: TenantId, userId: UserId, start: Started) => Promise<void>
  /** Ends the tokens first: what is recorded of it can wait for a store that is away. */
  readonly end: (tenantId: TenantId, actor: string, sessionId: string, why: 'detectReuse' | 'signOut') => Promise<void>
  readonly endAll: (tenantId: TenantId, userId: string) => Promise<void>
  readonly of: (tenantId: TenantId, userId: string) => Promise<readonly SignedIn[]>
}

export interface Started {
  readonly sessionId: string
  readonly applicationId: string
  readonly device: string
  readonly address: string
  readonly methods: readonly string[]
}

export function sessionsOf(people: People, state: State): Sessions {
  const send = async (tenantId: TenantId, actor: string, command: SessionCommand) => {
    const outcome = await people.session({ id: command.sessionId, command, context: contextFor(tenantId, actor) })
    // A sign-in that was cut off before it was recorded has nothing to end.
    if (outcome.type !== 'refused' || outcome.refusal.refusal !== 'not-found') accepted(outcome)
  }

  const end: Sessions['end'] = async (tenantId, actor, sessionId, type) => {
    await state.endSession(sessionId)
    await send(tenantId, actor, { type, sessionId })
  }

  return {
    tie: state.tie,
    start: async (tenantId, userId, { sessionId, applicationId, device, address, methods }) => {
      const sealed = await people.seal(userId, { device, address })
      await send(tenantId, userId, { type: 'start', sessionId, userId, applicationId, methods, ...sealed })
    },
    end,
    endAll: async (tenantId, userId) => {
      const sessions = await state.sessionsOf(userId)
      await state.endAll(userId)
      for (const sessionId of sessions) await send(tenantId, userId, { type: 'signOut', sessionId })
    },
    of: async (tenantId, userId) => {
      const ids = await state.sessionsOf(userId)
      const folded = await Promise.all(
        ids.map((sessionId) => people.sessions.refresh(streamName('session', tenantId, sessionId))),
      )
      const known = folded.flatMap(({ state: session }) => (session?.state === 'active' ? [session] : []))
      const fields = known.flatMap(({ device, address }) => [
        { field: 'device', sealed: device },
        { field: 'address', sealed: address },
      ])
      const texts = await people.open(fields)
      return known.map(({ sessionId, applicationId }, n) => ({
        sessionId,
        applicationId,
        device: texts[2 * n] ?? null,
        address: texts[2 * n + 1] ?? null,
      }))
    },
  }
}
