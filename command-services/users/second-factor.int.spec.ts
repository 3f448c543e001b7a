import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { usePeopleService } from './testing/people-service.ts'
import { codeOf, stepAt } from './totp.ts'

const world = usePeopleService()
const { ask } = world
type Person = Awaited<ReturnType<typeof world.join>>

const asSelf = ({ userId }: Person) => ({ token: world.sign({ subject: userId, roles: ['viewer'] }) })
/** Of the present step and those beside it: each is taken once, and only in order. */
const codes = (secret: string) =>
  [-1, 0, 1].map((off) => codeOf(secret, stepAt(Date.now()) + off)) as [string, string, string]

async function withFactor() {
  const ann = await world.join()
  const enrolled = await ask('POST', '/v1/me/second-factor', asSelf(ann))
  const secret: string = enrolled.body.secret
  const said = { ...asSelf(ann), body: { code: codes(secret)[1] }, headers: { 'Idempotency-Key': randomUUID() } }
  const confirmed = await ask('POST', '/v1/me/second-factor/confirm', said)
  expect([enrolled.status, confirmed.status]).toEqual([201, 200])
  return { ...ann, secret, said, recovery: confirmed.body.recoveryCodes as string[] }
}
const signIn = ({ email, password }: Person, code?: string) =>
  ask('POST', '/v1/sign-in', {
    roles: ['service'],
    body: { email, password, address: randomUUID(), ...(code && { code }) },
  })

describe('a second factor', () => {
  test('counts once a right code confirmed it, and its secret and recovery codes stand in no event', async () => {
    const ann = await world.join()
    const { body } = await ask('POST', '/v1/me/second-factor', asSelf(ann))
    expect(body.uri).toContain(`secret=${body.secret}`)
    expect((await signIn(ann)).status).toBe(200)
    const wrong = { ...asSelf(ann), body: { code: 'ABCDEF' } }
    expect((await ask('POST', '/v1/me/second-factor/confirm', wrong)).status).toBe(403)

    const bob = await withFactor()
    expect(await signIn(bob)).toMatchObject({ status: 403, body: { type: '/problems/code-wrong' } })
    expect(bob.recovery).toHaveLength(10)
    const stored = (await world.eventsOf(bob.userId)).map(({ bytes }) => Buffer.from(bytes).toString()).join()
    expect(stored).toContain('enrolmentId')
    for (const text of [bob.secret, ...bob.recovery]) expect(stored).not.toContain(text)
    // A repeated request is told the same codes; any other is not told them.
    expect((await ask('POST', '/v1/me/second-factor/confirm', bob.said)).body.recoveryCodes).toEqual(bob.recovery)
    const later = { ...asSelf(bob), body: { code: codes(bob.secret)[1] } }
    expect((await ask('POST', '/v1/me/second-factor/confirm', later)).status).toBe(409)
  }, 60_000)

  test('takes a code once, also when it comes many times at once, and none that is older', async () => {
    const ann = await withFactor()
    const [older, , code] = codes(ann.secret)
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn(ann, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await signIn(ann, older)).status).not.toBe(200)
  }, 60_000)

  test('is stood in for by each recovery code once, also when it comes many times at once', async () => {
    const ann = await withFactor()
    const [first = '', second = ''] = ann.recovery
    const answers = await Promise.all(Array.from({ length: 4 }, () => signIn(ann, first)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await signIn(ann, second.toLowerCase())).status).toBe(200)
    const used = (await world.eventsOf(ann.userId)).filter(({ type }) => type === 'RecoveryCodeUsed')
    expect(used).toHaveLength(2)
  }, 60_000)

  test('is guessed at a few times and no more', async () => {
    const ann = await withFactor()
    const statuses = []
    for (let n = 0; n < 8; n++) statuses.push((await signIn(ann, `00000${n}x`)).status)
    expect(statuses).toContain(429)
    expect(statuses).not.toContain(200)
  }, 60_000)

  test('is removed by whoever shows it, or by an owner, and by nobody else', async () => {
    const [ann, bob] = [await withFactor(), await withFactor()]
    const remove = (person: Person, code: string) =>
      ask('POST', '/v1/me/second-factor/remove', { ...asSelf(person), body: { code } })
    expect((await remove(ann, 'ABCDEF')).status).toBe(403)
    expect(await remove(ann, ann.recovery[0] ?? '')).toMatchObject({ status: 200, body: { state: 'removed' } })
    expect((await signIn(ann)).status).toBe(200)
    const lost = `/v1/users/${bob.userId}/second-factor/remove`
    expect((await ask('POST', lost, { roles: ['accountManager'] })).status).toBe(403)
    expect((await ask('POST', lost, { tenantId: randomUUID() })).status).toBe(404)
    expect((await ask('POST', lost)).status).toBe(200)
    expect((await signIn(bob)).status).toBe(200)
  }, 60_000)

  test('is asked for on the sign-in page after the password, and only there lets the person in', async () => {
    const ann = await withFactor()
    const application = await world.register()
    const browser = world.browser()
    const { page } = await browser.begin(application)
    const second = await browser.submit(page, { email: ann.email, password: ann.password })
    expect(await second.clone().text()).toContain('Enter your code')
    // The password alone opens nothing, wherever the browser goes.
    const again = await browser.begin(application)
    expect(await again.page.text()).toContain('name="password"')

    const other = world.browser()
    const theirs = await other.begin(application)
    const [, passed = ''] = /name="passed" value="([^"]+)"/.exec(await second.clone().text()) ?? []
    expect(passed).not.toBe('')
    // What one browser has passed is nothing in another's sign-in.
    const stolen = await other.submit(theirs.page, { passed, code: codes(ann.secret)[2] })
    expect(stolen.status).toBe(403)
    const forged = await other.submit(theirs.page, { passed: passed.replace(/.$/, '_'), code: codes(ann.secret)[2] })
    expect(forged.status).toBe(403)

    const mine = world.browser()
    const begun = await mine.begin(application)
    const asked = await mine.submit(begun.page, { email: ann.email, password: ann.password })
    const wrong = await mine.submit(asked, { code: 'ABCDEF' })
    expect(wrong.status).toBe(403)
    const consent = await mine.submit(wrong, { code: codes(ann.secret)[2] })
    const done = await mine.submit(consent, { action: 'allow' })
    expect(new URL(done.headers.get('location') ?? 'about:blank').searchParams.get('code')).toBeTruthy()
  }, 60_000)
})

describe('an e-mail address', () => {
  test('is changed by whoever knows the password: the new one is taken and the old one free, in one append', async () => {
    const [ann, bob] = [await world.join(), await world.join()]
    const email = `new.${randomUUID()}@example.org`
    const move = (to: string, password: string, person: Person = ann) =>
      ask('PUT', '/v1/me/email', { ...asSelf(person), body: { email: to, password } })
    expect((await move(email, 'wrong')).status).toBe(403)
    expect((await move(bob.email.toUpperCase(), ann.password)).body.type).toBe('/problems/value-taken')
    expect((await signIn(ann)).status).toBe(200)
    expect((await move(email, ann.password)).status).toBe(200)
    expect((await signIn(ann)).status).toBe(403)
    expect((await signIn({ ...ann, email })).status).toBe(200)
    const moved = (await world.eventsOf(ann.userId)).find(({ type }) => type === 'UserEmailChanged')
    expect(Buffer.from(moved?.bytes ?? []).toString()).not.toContain(email)
    // In another spelling it is the same one; and the old one is anybody's.
    expect((await move(email.toUpperCase(), ann.password)).status).toBe(200)
    expect((await move(ann.email, bob.password, bob)).status).toBe(200)
    expect((await signIn({ ...bob, email: ann.email })).status).toBe(200)
    expect((await move(bob.email, ann.password)).status).toBe(200)
  }, 60_000)
})
