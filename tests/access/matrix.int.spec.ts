/**
 * Who may what, asked of every route of every service: by the table of permissions, and by whose data it is. The routes and what they need
 * come out of the OpenAPI documents, so that a new one is asked too.
 */
import { randomUUID } from 'node:crypto'
import { grantable, isAllowed, permissions, type Role, roles } from '@bizosaas/http'
import type { Sender } from '@bizosaas/query-api/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Operation, requestsFor, type Things } from './operations.ts'
import { type Access, newAgency, newClient, openAccess, type Possession } from './world.ts'

let access: Access
let agency: Awaited<ReturnType<typeof newAgency>>
let first: Awaited<ReturnType<typeof newClient>>
let second: Awaited<ReturnType<typeof newClient>>
/** Questions are also put as of then. */
let then: string

beforeAll(async () => {
  access = await openAccess()
  agency = await newAgency(access)
  first = await newClient(access, agency)
  second = await newClient(access, agency)
  await access.settle(agency.tenantId)
  then = String(Math.max(...(await access.eventsOf(agency.tenantId)).map(({ position }) => position)))
}, 120_000)
afterAll(() => access?.close())

/** Of the first client, or of the agency itself. */
const theirThings = (): Things => ({
  byPath: { ...agency.own.byPath, ...first.has.byPath },
  byName: { ...first.has.byName, asOf: then, left: '0', right: then, name: 'no-such-model' },
})
const nobodys: Things = { byPath: {}, byName: { left: '0', right: '1', name: 'no-such-model' } }

interface Asked {
  readonly operation: Operation
  readonly role: string
  readonly request: string
  readonly status: number
  readonly text: string
}

/** Each request of each operation, as somebody; some at a time. */
async function ask(
  who: (operation: Operation) => readonly { readonly sender: Sender; readonly roles: readonly Role[] }[],
  things: Things,
  bodies = true,
): Promise<Asked[]> {
  const asked = access.operations.flatMap((operation) =>
    requestsFor(operation, things).flatMap(({ path, body }) =>
      who(operation).map((sender) => ({ operation, path, body: body && (bodies ? body : '{}'), ...sender })),
    ),
  )
  const answers: Asked[] = []
  const queue = asked.values()
  const work = async () => {
    for (const { operation, path, body, sender, roles } of queue) {
      const answer = await access.send(operation.method, `${operation.url}${path}`, body, sender, roles)
      answers.push({ operation, role: roles.join() || 'own role', request: `${path} ${body ?? ''}`, ...answer })
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return answers
}

const eachRole = (sender: Sender) => [...roles.map((role) => ({ sender, roles: [role] })), { sender, roles: [] }]
const said = ({ operation, role, request, status, text }: Asked) =>
  `${role}: ${operation.name} (${operation.permission}) ${request.slice(0, 200)} -> ${status} ${text.slice(0, 200)}`

/** Refused for the role, whatever it is about. */
const isRefused = ({ operation, status, text }: Asked) =>
  status === 403 && JSON.parse(text).permission === operation.permission

test('every service is asked, and each route names a permission of the table', () => {
  expect(new Set(access.operations.map(({ url }) => url)).size).toBe(6)
  const unknown = access.operations.filter(({ permission }) => !(permission in permissions))
  expect(unknown.map(({ name }) => name)).toEqual([])
  const asked = new Set<string>(access.operations.map(({ permission }) => permission))
  // A question of another route's, not a route of its own.
  expect(Object.keys(permissions).filter((permission) => !asked.has(permission))).toEqual(['system:read'])
})

test('nobody gets in without a token', async () => {
  const statuses = await Promise.all(
    access.operations.map(async ({ name, method, url, path }) => {
      const answer = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, randomUUID())}`, { method })
      await answer.body?.cancel()
      return `${name} ${answer.status}`
    }),
  )
  expect(statuses.filter((each) => !each.endsWith(' 401'))).toEqual([])
})

test('a route answers the roles that the table grants its permission, and refuses every other', async () => {
  const answers = await ask(() => eachRole({ tenantId: randomUUID() }), nobodys, false)
  const wrong = answers.filter((asked) => {
    const held = { roles: asked.role === 'own role' ? [] : [asked.role as Role], permissions: [] }
    return isAllowed(held, asked.operation.permission) ? asked.status === 401 || isRefused(asked) : !isRefused(asked)
  })
  expect(wrong.map(said)).toEqual([])
  expect(answers.length).toBeGreaterThanOrEqual(access.operations.length * (roles.length + 1))
}, 120_000)

test("a role of the agency's own opens the routes of its permission, and no other", async () => {
  const own = (operation: Operation) =>
    [[operation.permission], grantable.filter((each) => each !== operation.permission)].map((held) => ({
      sender: { tenantId: randomUUID(), permissions: held },
      roles: [],
    }))
  const answers = await ask(own, nobodys, false)
  const [refused, passed] = [answers.filter(isRefused), answers.filter((asked) => !isRefused(asked))]
  const isGrantable = ({ operation }: Asked) => grantable.includes(operation.permission)
  expect(passed.filter((asked) => !isGrantable(asked)).map(said)).toEqual([])
  expect(passed.filter(isGrantable)).toHaveLength(refused.filter(isGrantable).length)
}, 120_000)

describe('what there is of a client', () => {
  const marksIn = (answers: readonly Asked[], { marks }: Possession) =>
    marks.filter((mark) => answers.some(({ status, text }) => status < 300 && text.includes(mark)))
  const readers = ({ method }: Operation) => (method === 'GET' ? ['owner' as const] : [])
  const asking = (sender: Sender) => (operation: Operation) =>
    readers(operation).map((role) => ({ sender, roles: [role] }))

  test('is seen by its agency, and by whoever works for it', async () => {
    const { tenantId } = agency
    const toAgency = await ask(asking({ tenantId }), theirThings())
    const told = first.has.marks.filter((mark) => !first.has.untold.includes(mark))
    expect(marksIn(toAgency, first.has)).toEqual(expect.arrayContaining(told))
    expect(marksIn(toAgency, second.has)).not.toEqual([])
    expect(marksIn(toAgency, agency.own)).toContain(agency.own.byPath.roles)
    const both = [first.clientId, second.clientId]
    const toStaff = await ask(asking({ tenantId, clientIds: both }), theirThings())
    const toItsOwn = await ask(asking({ tenantId, clientIds: [first.clientId] }), theirThings())
    for (const answers of [toStaff, toItsOwn]) {
      expect(marksIn(answers, first.has)).toEqual(
        expect.arrayContaining([first.has.byPath.campaigns, first.has.byPath.sessions]),
      )
      expect(marksIn(answers, agency.own)).toEqual([])
    }
    expect(marksIn(toItsOwn, second.has)).toEqual([])
  }, 120_000)

  const strangers: readonly [string, () => Sender][] = [
    ['another agency', () => ({ tenantId: randomUUID() })],
    ['another agency that names this client', () => ({ tenantId: randomUUID(), clientIds: [first.clientId] })],
    ['another client of the agency', () => ({ tenantId: agency.tenantId, clientIds: [second.clientId] })],
    ['nobody, of the same agency', () => ({ tenantId: agency.tenantId, clientIds: [] })],
  ]
  test.each(strangers)(
    'is neither seen nor changed by %s, in any role, on any route',
    async (_, stranger) => {
      // That one reads about people of one's own is recorded, too.
      const changes = async () =>
        (await access.eventsOf(agency.tenantId))
          .filter(({ type }) => type !== 'PersonalDataRead')
          .map(({ type }) => type)
      const before = await changes()
      // Agencies as such are looked after by operators, of whichever tenant.
      const isOperators = ({ permission }: Operation) => permission.startsWith('agency:')
      const who = (operation: Operation) => {
        const sender = stranger()
        const held = isOperators(operation) ? [] : roles.map((role) => ({ sender, roles: [role] as Role[] }))
        return [...held, { sender: { ...sender, permissions: grantable }, roles: [] }]
      }
      const answers = await ask(who, theirThings())
      const marks = [...agency.own.marks, ...first.has.marks]
      const leaks = answers.filter(({ request, text }) =>
        marks.some((mark) => text.includes(mark) && !request.includes(mark)),
      )
      expect(leaks.map(said)).toEqual([])
      const faults = answers.filter(({ status }) => status >= 500)
      expect(faults.map(said)).toEqual([])
      // A request for a thing of theirs fits its route, or it would prove nothing.
      const misfits = answers.filter(
        ({ operation, request, status }) =>
          [400, 415, 422].includes(status) &&
          Object.values(theirThings().byPath).some((id) => request.includes(`/${id}`)) &&
          // Of this one the cursor comes out of another answer.
          operation.path !== '/v1/metrics/explain/events',
      )
      expect(misfits.map(said)).toEqual([])
      expect(await changes()).toEqual(before)
    },
    240_000,
  )
})
