import { expect, test } from '@jest/globals'
import { readArguments } from './arguments.ts'

test.each([
  [[], { type: 'reseed', to: null, rebuild: false }],
  [['--to', 'g12', '--rebuild-read-models'], { type: 'reseed', to: 'g12', rebuild: true }],
  [['--retire', 'g1'], { type: 'retire', generation: 'g1' }],
  [['--help'], { type: 'help' }],
])('%j is understood', (args, asked) => {
  expect(readArguments(args)).toEqual(asked)
})

test.each([[['--to', 'two']], [['--retire', 'g0']], [['--retire', 'g1', '--to', 'g2']], [['g2']], [['--now']]])(
  '%j is refused',
  (args) => {
    expect(() => readArguments(args)).toThrow(/--help|called g1|alone/)
  },
)
