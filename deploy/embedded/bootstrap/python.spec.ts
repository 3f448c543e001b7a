import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { forThisPython, type PythonPin } from './python.mjs'

const pins = JSON.parse(readFileSync(new URL('./pinned.json', import.meta.url), 'utf8'))
const { oracle, fuzz }: Record<'oracle' | 'fuzz', PythonPin> = pins
const pythons = ['cp310', 'cp311', 'cp312', 'cp313', 'cp314']

test.each([oracle, fuzz].flatMap((pin) => pythons.map((python) => [pin.title, python, pin] as const)))(
  '%s: every package is pinned once for %s',
  (_, python, pin) => {
    const { files, version } = forThisPython(pin, python)
    const packages = Object.keys(files).map((name) => name.split('-').slice(0, 2).join('=='))
    expect(packages.map((name) => name.replaceAll('_', '-')).sort()).toEqual([pin.pip].flat().sort())
    expect(version).toContain(python)
  },
)

test('for another Python it is said which ones there are', () => {
  expect(() => forThisPython(oracle, 'cp39')).toThrow('Python 3.10 to 3.14')
})
