import { expect, test } from '@jest/globals'
import { csvOf } from './csv.ts'

test('quotes what would end a cell or a line, and doubles quotation marks', () => {
  expect(csvOf(['a', 'b'], [['1,2', 'say "so"\nnow']])).toBe('a,b\r\n"1,2","say ""so""\nnow"\r\n')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('lets no spreadsheet reckon with %j', (text) => {
  expect(csvOf(['a'], [[text]])).toBe(`a\r\n'${text}\r\n`)
})
