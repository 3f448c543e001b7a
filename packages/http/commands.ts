import { randomUUID } from 'node:crypto'
import { etagOf } from './headers.ts'
import { Problem } from './problem.ts'
import { type Reply, type Request, reply } from './route.ts'

/** The outcomes of a command handler, as far as an answer needs them; `@bizosaas/event-store` has such a type. */
export type CommandOutcome<Done extends Recorded = Recorded> = Done | Refused | Stale | KeyReused

type Recorded = {
  /** `repeated`: this very command was recorded before. `unchanged`: it already held. */
  readonly type: 'recorded' | 'repeated' | 'unchanged'
  readonly revision: number
  /** Of the last event of the stream that the answer is about; null when there is none. */
  readonly position: number | null
}
type Refused = {
  readonly type: 'refused'
  readonly refusal: { readonly refusal: string; readonly detail: string; readonly [fact: string]: unknown }
}
type Stale = { readonly type: 'stale'; readonly expected: number; readonly actual: number }
type KeyReused = { readonly type: 'key-reused' }

type Answering<Done, Body> = {
  readonly body: (done: Done) => Body
  /** The consistency token of a position; see `@bizosaas/kafka`. */
  readonly token: (position: number) => string
  /** Path of the resource, when the command creates one: 201 instead of 200. */
  readonly location?: string
}

/**
 * The answer to a command: 200 or 201 with `ETag` and `X-Consistency-Token`, the same for a repetition as the first time.
 *
 * @throws Problem for a refusal (409, or as `problems.ts` says, with its facts), 412 for a stale `If-Match`, 422 for an
 *   idempotency key that was used for another body
 */
export function answerCommand<Done extends Recorded, Body>(
  outcome: CommandOutcome<Done>,
  { body, token, location }: Answering<Done, Body>,
): Reply<Body> {
  switch (outcome.type) {
    case 'refused': {
      const { refusal, detail, ...facts } = outcome.refusal
      throw new Problem(refusal, detail, { members: facts })
    }
    case 'stale': {
      const { expected, actual } = outcome
      const detail = `The request was made for revision ${expected}, but the resource is at ${actual}.`
      throw new Problem('stale', detail, { members: { expected, actual }, headers: { ETag: etagOf(actual) } })
    }
    case 'key-reused':
      throw new Problem('key-reused', 'This Idempotency-Key came with another body before.')
    default: {
      const created = location !== undefined
      const headers: Record<string, string> = { ETag: etagOf(outcome.revision) }
      if (outcome.position !== null) headers['X-Consistency-Token'] = token(outcome.position)
      if (created) headers.Location = location
      return reply(body(outcome), created ? 201 : 200, headers)
    }
  }
}

/** Derives a command's id; `commandIdOf` of `@bizosaas/event-store`. */
type CommandIdOf = (tenantId: string, principal: string, route: string, idempotencyKey: string) => string

/**
 * What a command carries besides its own data. Without an `Idempotency-Key` every request is a command of its own.
 * A trace of requests is kept together by the request id that the client sent, or that was made here.
 */
export function commandContext(request: Request, commandIdOf: CommandIdOf) {
  const { principal, idempotencyKey, route, bodyHash, requestId, traceparent, origin, now } = request
  const { tenantId, clientIds, subject } = principal
  const commandId = commandIdOf(tenantId, subject, route, idempotencyKey ?? randomUUID())
  request.becomes(commandId)
  return {
    tenantId,
    clientIds,
    actor: subject,
    commandId,
    bodyHash,
    correlationId: requestId,
    causationId: commandId,
    traceparent,
    now,
    roles: principal.roles,
    origin,
  }
}
