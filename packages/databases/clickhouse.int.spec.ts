import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connectClickHouse } from './clickhouse.ts'

const url = process.env.CLICKHOUSE_ADMIN_URL ?? ''
const db = connectClickHouse(url, { name: 'test' })
const table = `test_${randomUUID().replaceAll('-', '')}`

beforeAll(() =>
  db.command(`CREATE TABLE ${table} (id UInt64, name String, at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY id`),
)

afterAll(async () => {
  await db.command(`DROP TABLE ${table}`)
  await db.close()
})

/** One row in RowBinary: little-endian integers, a text behind its length, an instant in microseconds. */
const row = (id: bigint, name: string, micros: bigint): Buffer => {
  const bytes = Buffer.alloc(8 + 1 + name.length + 8)
  bytes.writeBigUInt64LE(id, 0)
  bytes.writeUInt8(name.length, 8)
  bytes.write(name, 9)
  bytes.writeBigInt64LE(micros, 9 + name.length)
  return bytes
}

describe('ClickHouse', () => {
  test('takes rows in binary and as JSON, and gives them back with all their digits', async () => {
    await db.insert(table, ['id', 'name', 'at'], 'RowBinary', row(2n ** 63n + 1n, 'one', 1_795_390_708_123_456n))
    await db.insert(
      table,
      ['id', 'name', 'at'],
      'JSONCompactEachRow',
      Buffer.from('["7","two","2026-11-22T23:38:28.000001Z"]'),
    )
    expect(await db.query(`SELECT * FROM ${table} ORDER BY name`)).toEqual([
      { id: '9223372036854775809', name: 'one', at: '2026-11-22T23:38:28.123456Z' },
      { id: '7', name: 'two', at: '2026-11-22T23:38:28.000001Z' },
    ])
  })

  test('takes parameters as values, never as SQL', async () => {
    const name = "'; DROP TABLE x; --"
    const rows = await db.query('SELECT {name: String} AS name, {ids: Array(UInt64)} AS ids', { name, ids: [1, 2] })
    expect(rows).toEqual([{ name, ids: ['1', '2'] }])
  })

  test('says what is wrong with a statement, also when it is an insert', async () => {
    await expect(db.query('SELECT nothing')).rejects.toMatchObject({ code: '47' })
    await expect(db.insert(table, ['id'], 'RowBinary', Buffer.of(1, 2, 3))).rejects.toThrow(/33|Cannot read all data/)
  })

  test('that is not there is unavailable', async () => {
    const nowhere = connectClickHouse('http://nobody:secret@127.0.0.1:1/none', { name: 'test' })
    await expect(nowhere.query('SELECT 1')).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(nowhere.insert('t', ['a'], 'RowBinary', Buffer.of(1))).rejects.toMatchObject({
      code: 'store-unavailable',
    })
    await nowhere.close()
  })
})
