import { connectPostgres, type Postgres } from '@bizosaas/databases'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { arrayParameter } from './array-parameter.ts'

let postgres: Postgres
beforeAll(() => {
  postgres = connectPostgres(process.env.POSTGRES_ADMIN_URL ?? '', {
    name: 'test',
    connections: 1,
    statementTimeoutMs: 10_000,
  })
})
afterAll(() => postgres.close())

const storable = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed())
const texts = fc.array(fc.oneof(storable, fc.constantFrom('', 'NULL', '{}', '"', '\\', ',', ' a '), fc.constant(null)))
const integers = fc.array(fc.option(fc.maxSafeInteger()))

test('PostgreSQL reads every array of texts and of integers as it was', async () => {
  await fc.assert(
    fc.asyncProperty(texts, integers, async (text, integer) => {
      const [row] = await postgres.query('SELECT $1::text[] AS text, to_jsonb($2::bigint[]) AS integer', [
        arrayParameter(text),
        arrayParameter(integer),
      ])
      expect(row).toEqual({ text, integer })
    }),
    { numRuns: 200 },
  )
})
