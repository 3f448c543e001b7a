import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readRecords } from './records.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bizosaas-csv-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(text: string, delimiter = ',') {
  const file = join(folder, 'file.csv')
  await writeFile(file, text)
  const records = []
  for await (const record of readRecords(file, delimiter)) records.push(record)
  return records
}
const shown = async (text: string) =>
  (await read(text)).map(
    (record) => `${record.line}: ${'cells' in record ? record.cells.join('|') : record.unreadable}`,
  )

describe('readRecords', () => {
  test('takes quotes, line breaks inside them, CRLF, a byte order mark and a missing last line break', async () => {
    expect(await shown('\ufeffa,b\r\n1,"x, ""y"""\r\n"two\r\nlines",5\r\n\r\n6,7')).toEqual([
      '1: a|b',
      '2: 1|x, "y"',
      '3: two\r\nlines|5',
      '6: 6|7',
    ])
  })

  test('a broken quote costs its own line and no other', async () => {
    const [header, broken, good, ...rest] = await shown('a,b\n1,x"y"\n2,3\n"q"z,4\n5,6\n')
    expect([header, good, rest[1]]).toEqual(['1: a|b', '3: 2|3', '5: 5|6'])
    expect([broken, rest[0]]).toEqual([
      expect.stringContaining('2: a quote stands'),
      expect.stringContaining('4: a quote stands'),
    ])
  })

  test('a quote that is never closed costs its own line, however much follows', async () => {
    for (const following of [2, 50_000]) {
      const records = await shown(`a,b\n1,"open\n${'2,3\n'.repeat(following)}`)
      expect(records).toHaveLength(2 + following)
      expect(records[1]).toBe('2: a quote is opened and not closed')
      expect(records.at(-1)).toBe(`${2 + following}: 2|3`)
    }
  })

  test('an empty file has no records', async () => expect(await read('')).toEqual([]))

  test('gives back any cells that were written as RFC 4180 says, and counts every byte', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ä', '"', ',', ';', '\n', '\r\n', ' ', '7') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const text = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n')
          const records = await read(text)
          expect(records.map((record) => ('cells' in record ? record.cells : record.unreadable))).toEqual(rows)
          expect(records.at(-1)?.bytes).toBe(Buffer.byteLength(text))
        },
      ),
      { numRuns: 50 },
    )
  })
})
