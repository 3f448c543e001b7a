import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { forThisPython, type PythonPin } from './python.mjs'

const pins = JSON.parse(readFileSync(new URL('./pinned.json', import.meta.url), 'utf8'))
const oracle: PythonPin = pins.oracle

test.each(['cp310', 'cp311', 'cp312', 'cp313', 'cp314'])(
  'every package of the oracle is pinned once for %s',
  (python) => {
    const { files, version } = forThisPython(oracle, python)
    const packages = Object.keys(files).map((name) => name.split('-').slice(0, 2).join('=='))
    expect(packages.map((name) => name.replaceAll('_', '-')).sort()).toEqual([oracle.pip].flat().sort())
    expect(version).toContain(python)
  },
)

test('for another Python it is said which ones there are', () => {
  expect(() => forThisPython(oracle, 'cp39')).toThrow('Python 3.10 to 3.14')
})
