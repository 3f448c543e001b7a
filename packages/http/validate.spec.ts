import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Type } from 'typebox'
import { closed } from './closed-schema.ts'
import { CalendarDate, Count, Money } from './shapes.ts'
import { compile, invalid } from './validate.ts'

const Row = Type.Object({ day: CalendarDate, clicks: Count })
const schema = closed(
  Type.Object({
    name: Type.String({ minLength: 1, maxLength: 5 }),
    budget: Money,
    state: Type.Union([Type.Literal('draft'), Type.Literal('active')]),
    note: Type.Union([Type.String(), Type.Null()]),
    rows: Type.Array(Row, { maxItems: 2 }),
    'a/b': Type.Optional(Type.Boolean()),
  }),
)
const check = compile(schema, 'body')
const good = {
  name: 'Anna',
  budget: { amount: '1.5', currency: 'USD' },
  state: 'draft',
  note: null,
  rows: [{ day: '2024-02-29', clicks: 1 }],
}
const complain = (changes: object) =>
  check(JSON.parse(JSON.stringify({ ...good, ...changes }))).map(({ pointer, detail }) => `${pointer} ${detail}`)

test('what fits has no misfits', () => {
  expect(check(good)).toEqual([])
})

describe('a misfit is named by place and in words', () => {
  test.each([
    [{ name: undefined, nam: 'x' }, ['/name is missing', '/nam is not known; did you mean name?']],
    [{ name: '' }, ['/name must have at least 1 characters']],
    [{ name: 7 }, ['/name must be a text']],
    [{ state: 'gone' }, ['/state must be "draft" or "active"']],
    [{ note: 1 }, ['/note must be a text or null']],
    [{ 'a/b': 1 }, ['/a~1b must be true or false']],
    [{ rows: [{ day: '2023-02-29', clicks: 1 }] }, ['/rows/0/day must be a day that exists, as YYYY-MM-DD']],
    [{ rows: [{ day: '2024-02-29', clicks: -1 }] }, ['/rows/0/clicks must be at least 0']],
    [
      { rows: [{ day: '2024-02-29', clicks: 1.5 }] },
      ['/rows/0/clicks must be a whole number from 0 to 9007199254740991'],
    ],
    [{ rows: [{ day: '2024-02-29', clicks: 1e18 }] }, ['/rows/0/clicks must be at most 9007199254740991']],
    [{ rows: [{ day: '2024-02-29', clicks: 1, extra: 1 }] }, ['/rows/0/extra is not known']],
    [
      { rows: [1, 2, 3] },
      [
        '/rows must have at most 2 items',
        '/rows/0 must be an object',
        '/rows/1 must be an object',
        '/rows/2 must be an object',
      ],
    ],
    [
      { budget: { amount: 1.5, currency: 'usd' } },
      [
        '/budget/amount must be a decimal number in text with at most 6 decimals, at most 9007199254.740991',
        '/budget/currency must be an ISO 4217 code such as USD',
      ],
    ],
  ])('%j', (changes, complaints) => {
    expect(complain(changes).sort()).toEqual([...complaints].sort())
  })

  test('a body that is no object at all', () => {
    expect(check([])).toEqual([{ in: 'body', pointer: '', detail: 'must be an object' }])
    expect(invalid(check(null)).message).toBe('The body must be an object.')
  })

  test('a field named __proto__ is refused like any other', () => {
    expect(check(JSON.parse(JSON.stringify(good).replace('{', '{"__proto__":1,')))).toHaveLength(1)
  })
})

describe('money', () => {
  const money = compile(Money, 'body')

  test.each(['0', '0.5', '58705.23', '9007199254.740991', '-1.000001'])('%s is an amount', (amount) => {
    expect(money({ amount, currency: 'USD' })).toEqual([])
  })

  test.each(['', '1.', '.5', '1,5', '1.2345678', '9007199254.740992', '1e3', ' 1', '0x1', '١'])(
    '%j is none',
    (amount) => {
      expect(money({ amount, currency: 'USD' })).toHaveLength(1)
    },
  )
})

test('a problem lists at most 20 misfits', () => {
  const problem = invalid(check(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`x${n}`, n]))))
  expect(problem.status).toBe(422)
  expect(problem.members.errors).toHaveLength(20)
  expect(problem.message).toBe('/name in the body is missing. There is more; see errors.')
})

test('whatever JSON comes, each misfit has a detail and a pointer into it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const { pointer, detail } of check(value)) {
        expect(pointer).toMatch(/^(\/[^/]*)*$/)
        expect(detail).not.toBe('')
      }
    }),
  )
})
