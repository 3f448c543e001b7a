import { describe, expect, test } from '@jest/globals'
import { isPure } from './bug.ts'
import { bugs } from './bugs/index.ts'
import { copyOfSources } from './copy.ts'
import { isCaught, judgeAll, table } from './verdict.ts'

const pure = bugs.filter(isPure)

describe('A bug that is planted', () => {
  test(`is caught by a pure spec, ${pure.length} of ${bugs.length}; npm run planted tries all`, async () => {
    const verdicts = await judgeAll(pure, {})
    if (!verdicts.every(isCaught)) throw new Error(table(verdicts))
  }, 600_000)

  test('still applies to the sources, each of them', async () => {
    const copy = copyOfSources()
    try {
      for (const bug of bugs) await copy.with(bug, async () => {})
    } finally {
      copy.remove()
    }
  }, 60_000)

  test('has a name of its own', () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length)
  })
})
