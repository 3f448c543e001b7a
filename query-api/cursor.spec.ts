import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cursorValue, readCursor, writeCursor } from './cursor.ts'

const id = '0f8fad5b-d9cb-469f-a165-70867728950e'

describe('a cursor', () => {
  test('comes back as it was written, whatever its values', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (name, revision) => {
        const text = writeCursor('name', [name, revision])
        expect(text).toMatch(/^[\w-]+$/)
        expect(readCursor(text, 'name', [cursorValue.text, cursorValue.whole])).toEqual([name, revision])
      }),
    )
  })

  test.each([
    ['of another order', writeCursor('-name', ['a', 1])],
    ['of another shape', writeCursor('name', ['a', 'b'])],
    ['with a text that no database keeps', writeCursor('name', ['a\0', 1])],
    ['with a value too few', writeCursor('name', ['a'])],
    ['that is no cursor', 'page-2'],
    ['that is JSON, but no list', Buffer.from('{}').toString('base64url')],
    ['that is empty', ''],
  ])('%s is refused with what to send instead', (_, text) => {
    expect(() => readCursor(text, 'name', [cursorValue.text, cursorValue.whole])).toThrow('must be `next` of a page')
  })

  test('an id or an instant in it is one', () => {
    expect(
      readCursor(writeCursor('s', ['2026-11-22T23:38:28.123456Z', id]), 's', [cursorValue.instant, cursorValue.uuid]),
    ).toHaveLength(2)
  })

  test.each(["' OR 1", '2026-99-99T99:99:99.000000Z', '2026-02-30T00:00:00.000000Z', '2026-11-22T23:38:28Z'])(
    'with %s for an instant is refused, for the database would not take it or not as it was written',
    (text) => {
      expect(() => readCursor(writeCursor('s', [text]), 's', [cursorValue.instant])).toThrow('must be `next` of a page')
    },
  )

  test.each([`${id}'`, '-'.repeat(36), id.toUpperCase(), id.replace('-', '0')])(
    'with %s for an id is refused',
    (text) => {
      expect(() => readCursor(writeCursor('s', [text]), 's', [cursorValue.uuid])).toThrow('must be `next` of a page')
    },
  )
})
