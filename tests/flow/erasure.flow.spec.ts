/** A person is invited, read about, erased, and then stands nowhere: in no answer, and in no byte of any file. */
import { randomUUID } from 'node:crypto'
import { readSettings } from '@bizosaas/runtime'
import { expect, test } from '@jest/globals'
import { searchFiles } from '../../deploy/erasure/search.ts'
import { newAgency } from './agency.ts'
import { createCampaign } from './marketing.ts'
import { until } from './until.ts'

const agency = newAgency()
const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], process.env)

type Found = {
  user: { email: string | null; givenName: string | null; state: string; erasure: { keyVersions: number[] } | null }
}

test('a person who is erased stands in no answer and in no file, and others stay', async () => {
  const tag = randomUUID().slice(0, 8)
  const person = { email: `Zora.${tag}@example.org`, givenName: `Zora${tag}`, familyName: `Quill${tag}` }
  const invited = await agency.ask<{ userId: string; secret: string }>('POST', '/v1/users', {
    body: { ...person, roles: ['viewer'] },
  })
  expect(invited.status).toBe(201)
  const { userId, secret } = invited.body
  const campaign = `Campaign ${randomUUID()}`
  await createCampaign(agency, campaign)

  const read = () => agency.ask<Found>('GET', `/v1/users/${userId}`, { after: invited.token })
  expect((await read()).body.user).toMatchObject(person)
  const found = await agency.ask<{ items: { id: string }[] }>(
    'GET',
    `/v1/users?email=${encodeURIComponent(person.email)}`,
  )
  expect(found.body.items.map(({ id }) => id)).toEqual([userId])
  const file = await agency.ask<{ history: { type: string; data: object }[] }>('GET', `/v1/users/${userId}/export`)
  expect(file.body.history.map(({ type }) => type)).toEqual(['UserInvited', 'MembershipAssigned'])
  expect(file.body.history[0]?.data).toMatchObject(person)

  expect((await agency.ask('POST', `/v1/users/${userId}/erase`)).status).toBe(200)
  await until('the certificate can be read', 30_000, async () => (await read()).body.user.erasure !== null)
  expect((await read()).body.user).toMatchObject({
    state: 'erased',
    email: null,
    givenName: null,
    erasure: { keyVersions: [1] },
  })
  const history = await agency.ask<{ history: { data: object }[] }>('GET', `/v1/users/${userId}/export`)
  expect(history.body.history[0]?.data).toMatchObject({ email: null, givenName: null, familyName: null })

  const texts = [...Object.values(person), secret]
  const searched = await searchFiles(BIZOSAAS_DATA_DIR, [...texts, campaign])
  expect(searched.findings.filter(({ text }) => texts.includes(text))).toEqual([])
  // The search itself works: what nobody erased is found, in the event store, in Kafka and in PostgreSQL.
  const places = searched.findings.filter(({ text }) => text === campaign).map(({ file: where }) => where.split('/')[0])
  expect(places).toEqual(expect.arrayContaining(['kurrentdb', 'kafka', 'postgres']))
}, 120_000)
