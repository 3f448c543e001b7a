import type { JsonChange } from '@bizosaas/schemas'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { changeHeaders, changeJson } from './transform.ts'

const change = (kind: string, path: string, to: string | null = null): JsonChange => ({ change: kind, path, to })

describe('a JSON body', () => {
  test.each<[string, unknown, JsonChange[], unknown]>([
    ['gets a member', { a: 1 }, [change('set', '/b', '{"c":[2]}')], { a: 1, b: { c: [2] } }],
    ['loses a member', { a: 1, b: 2 }, [change('remove', '/a')], { b: 2 }],
    ['has a member renamed', { a: 1, b: 2 }, [change('move', '/a', '/z')], { b: 2, z: 1 }],
    ['has a member moved up', { a: { b: 1 } }, [change('move', '/a/b', '/b')], { a: {}, b: 1 }],
    [
      'has each member of an array changed by itself',
      { items: [{ id: 1, x: 'a' }, { id: 2 }, 3] },
      [change('move', '/items/*/id', '/items/*/key'), change('remove', '/items/*/x')],
      { items: [{ key: 1 }, { key: 2 }, 3] },
    ],
    ['reads the escapes of RFC 6901', { 'a/b': { 'c~d': 1 } }, [change('remove', '/a~1b/c~0d')], { 'a/b': {} }],
    ['may be an array itself', [1, { a: 2 }], [change('set', '/1/a', '3')], [1, { a: 3 }]],
    ['takes changes one after the other', { a: 1 }, [change('move', '/a', '/b'), change('set', '/b', '2')], { b: 2 }],
  ])('%s', (_, before, changes, after) => {
    expect(changeJson(structuredClone(before), changes)).toEqual(after)
  })

  test('stays as it is where a path leads nowhere', () => {
    const pointer = fc.constantFrom(
      '/x',
      '/x/y',
      '/a/x/y',
      '/*/q',
      '/a/*/q',
      '/__proto__/z',
      '/constructor/prototype/z',
    )
    const body = fc.constantFrom<unknown>({ a: 1 }, { a: [] }, [], 1, null, 'text')
    fc.assert(
      fc.property(body, pointer, pointer, fc.constantFrom('remove', 'move'), (value, path, to, kind) => {
        expect(changeJson(structuredClone(value), [change(kind, path, to)])).toEqual(value)
      }),
    )
  })

  test('cannot reach beyond itself', () => {
    changeJson(JSON.parse('{"__proto__":{"a":1}}'), [change('set', '/__proto__', '{"polluted":1}')])
    expect(changeJson({}, [change('set', '/constructor/prototype/polluted', '1')])).toEqual({})
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

test('headers are set, removed and renamed, whatever their case', () => {
  const headers = { 'x-a': '1', 'x-b': ['2', '3'], 'x-c': '4' }
  changeHeaders(headers, [
    { change: 'set', header: 'X-New', to: 'n' },
    { change: 'remove', header: 'X-A', to: null },
    { change: 'rename', header: 'X-B', to: 'X-Z' },
    { change: 'rename', header: 'X-None', to: 'X-Y' },
  ])
  expect(headers).toEqual({ 'x-new': 'n', 'x-z': ['2', '3'], 'x-c': '4' })
})
