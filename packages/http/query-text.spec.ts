import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Type } from 'typebox'
import { readQuery } from './query-text.ts'

const schema = Type.Object({
  count: Type.Integer(),
  share: Type.Number(),
  flag: Type.Boolean(),
  words: Type.Array(Type.String()),
  numbers: Type.Array(Type.Integer()),
  text: Type.String(),
})

test('text becomes what the schema says', () => {
  const { values, repeated } = readQuery(schema, 'count=-3&share=0.5&flag=true&words=a,b&numbers=1,2&text=12')
  expect({ ...values }).toEqual({ count: -3, share: 0.5, flag: true, words: ['a', 'b'], numbers: [1, 2], text: '12' })
  expect(repeated).toEqual([])
})

test('what is not of the type stays text, for the schema to refuse', () => {
  const { values } = readQuery(schema, 'count=1e3&share=.5&flag=yes&numbers=1,x')
  expect({ ...values }).toEqual({ count: '1e3', share: '.5', flag: 'yes', numbers: [1, 'x'] })
})

test('only lists may come twice', () => {
  const { values, repeated } = readQuery(schema, 'words=a&words=b&text=1&text=2')
  expect({ ...values }).toEqual({ words: ['a', 'b'], text: '1' })
  expect(repeated).toEqual([{ in: 'query', pointer: '/text', detail: 'is given twice' }])
  const [odd] = readQuery(schema, 'a~b/c=1&a~b/c=2').repeated
  expect(odd?.pointer).toBe('/a~0b~1c')
})

test('no query string breaks it or reaches a prototype', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constant('__proto__=1&constructor=2&toString=3')), (text) => {
      const { values } = readQuery(schema, text)
      expect(Object.getPrototypeOf(values)).toBeNull()
    }),
  )
})
