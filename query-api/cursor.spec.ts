import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { cursorValue, readCursor, writeCursor } from './cursor.ts'

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
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e'
    expect(
      readCursor(writeCursor('s', ['2026-11-22T23:38:28.123456Z', id]), 's', [cursorValue.instant, cursorValue.uuid]),
    ).toHaveLength(2)
    expect(() => readCursor(writeCursor('s', ["' OR 1", id]), 's', [cursorValue.instant, cursorValue.uuid])).toThrow()
    expect(() => readCursor(writeCursor('s', [`${id}'`]), 's', [cursorValue.uuid])).toThrow()
  })
})
