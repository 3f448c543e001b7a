import { describe, expect, test } from '@jest/globals'
import { answerCommand, commandContext } from './commands.ts'
import type { Request } from './route.ts'

const answering = {
  body: ({ revision }: { revision: number }) => ({ revision }),
  token: (position: number) => `events.g1.3.${position}`,
}

describe('an accepted command', () => {
  test.each(['recorded', 'repeated', 'unchanged'] as const)('%s answers 200 with revision and token', (type) => {
    const answer = answerCommand({ type, revision: 4, position: 99 }, answering)
    expect(answer).toMatchObject({
      status: 200,
      body: { revision: 4 },
      headers: { ETag: '"4"', 'X-Consistency-Token': 'events.g1.3.99' },
    })
  })

  test.each(['recorded', 'repeated'] as const)('%s answers a creation with its place', (type) => {
    const answer = answerCommand({ type, revision: 0, position: 5 }, { ...answering, location: '/v1/campaigns/1' })
    expect(answer).toMatchObject({ status: 201, headers: { Location: '/v1/campaigns/1', ETag: '"0"' } })
  })
})

describe('a command that is not carried out', () => {
  const refusal = (code: string) => ({
    type: 'refused' as const,
    refusal: { refusal: code, detail: 'A draft cannot be approved.', state: 'draft', verb: 'approve', status: 'x' },
  })

  test('is a problem with the facts of its refusal, which do not overwrite what problems define', () => {
    expect(() => answerCommand(refusal('illegal-step'), answering)).toThrow(
      expect.objectContaining({ status: 409, message: 'A draft cannot be approved.' }),
    )
    try {
      answerCommand(refusal('illegal-step'), answering)
    } catch (problem) {
      expect((problem as { document: (id: string) => object }).document('r1')).toMatchObject({
        type: '/problems/illegal-step',
        status: 409,
        state: 'draft',
        verb: 'approve',
        requestId: 'r1',
      })
    }
  })

  test.each([
    ['not-found', 404],
    ['something-new', 409],
    ['toString', 409],
  ])('%s is %i', (code, status) => {
    expect(() => answerCommand(refusal(code), answering)).toThrow(expect.objectContaining({ status, code }))
  })

  test('a stale If-Match is 412 with both revisions', () => {
    expect(() => answerCommand({ type: 'stale', expected: 3, actual: 5 }, answering)).toThrow(
      expect.objectContaining({ status: 412, members: { expected: 3, actual: 5 }, headers: { ETag: '"5"' } }),
    )
  })

  test('a reused key is 422', () => {
    expect(() => answerCommand({ type: 'key-reused' }, answering)).toThrow(
      expect.objectContaining({ status: 422, code: 'key-reused' }),
    )
  })
})

test('the request is told which command it became', () => {
  const became: string[] = []
  const request = {
    principal: { tenantId: 't', subject: 's', clientIds: null },
    route: 'POST /x',
    idempotencyKey: 'k',
    becomes: (commandId: string) => became.push(commandId),
  } as unknown as Request
  commandContext(request, (...parts) => parts.join('|'))
  expect(became).toEqual(['t|s|POST /x|k'])
})

test('a request without an idempotency key is a command of its own, one with a key is always the same', () => {
  const request = (idempotencyKey: string | null) =>
    ({
      principal: { tenantId: 't', subject: 's', clientIds: null },
      route: 'POST /x',
      idempotencyKey,
      becomes: () => {},
    }) as unknown as Request
  const idOf = (...parts: string[]) => parts.join('|')
  expect(commandContext(request('k'), idOf).commandId).toBe('t|s|POST /x|k')
  expect(commandContext(request(null), idOf).commandId).not.toBe(commandContext(request(null), idOf).commandId)
})
