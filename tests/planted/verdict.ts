/** What became of the bugs, and whether that is good enough. */
import { type Bug, specsOf } from './bug.ts'
import { type Copy, copyOfSources } from './copy.ts'
import { runSpecs } from './run-specs.ts'

export type Verdict = {
  readonly bug: Bug
  /** The tests that failed, as they must; none when it survived. */
  readonly caughtBy: readonly string[]
  /** Why it is not known whether it is caught; null when it is. */
  readonly problem: string | null
}

type Settings = Readonly<Record<string, string>>

/** Plants one bug after the other in one copy, and runs the specs that must catch it; before that, all of them without a bug. */
export const judgeAll = async (
  bugs: readonly Bug[],
  settings: Settings,
  tell: (verdict: Verdict) => void = () => {},
): Promise<readonly Verdict[]> => {
  const copy = copyOfSources()
  try {
    await mustPass(copy, bugs, settings)
    const verdicts: Verdict[] = []
    for (const bug of bugs) {
      const verdict = await judge(copy, bug, settings)
      verdicts.push(verdict)
      tell(verdict)
    }
    return verdicts
  } finally {
    copy.remove()
  }
}

/** @throws when a test fails without any bug: then its failing with one says nothing */
const mustPass = async (copy: Copy, bugs: readonly Bug[], settings: Settings): Promise<void> => {
  const pattern = [...new Set(bugs.map(({ tests }) => `(${tests})`))].join('|')
  const { failed, broken, said } = await runSpecs(copy.folder, specsOf(bugs), pattern, settings)
  if (broken !== null) throw new Error(`Without any bug a spec cannot be run: ${broken}`)
  if (failed.length > 0) throw new Error(`Without any bug these tests fail: ${failed.join('; ')}\n${said}`)
}

const judge = async (copy: Copy, bug: Bug, settings: Settings): Promise<Verdict> => {
  const { passed, failed, broken } = await copy.with(bug, () => runSpecs(copy.folder, bug.specs, bug.tests, settings))
  if (broken !== null) return { bug, caughtBy: [], problem: `a spec cannot be run with it: ${broken}` }
  if (passed.length + failed.length === 0) return { bug, caughtBy: [], problem: `no test is named ${bug.tests}` }
  return { bug, caughtBy: failed, problem: null }
}

export const isCaught = ({ caughtBy, problem }: Verdict): boolean => problem === null && caughtBy.length > 0

export const table = (verdicts: readonly Verdict[]): string => {
  const width = Math.max(...verdicts.map(({ bug }) => bug.name.length))
  const lines = verdicts.map(({ bug, caughtBy, problem }) => {
    const [first, ...others] = caughtBy
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${bug.name.padEnd(width)}   ${problem ?? (first === undefined ? 'SURVIVES' : `${first}${more}`)}`
  })
  const caught = verdicts.filter(isCaught).length
  return [`${'bug'.padEnd(width)}   caught by`, ...lines, '', `${caught} of ${verdicts.length} caught`].join('\n')
}
