/** Runs specs of a copy, and tells which tests failed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'

export type Outcome = {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  /** Why a spec could not be run at all; null when all could. */
  readonly broken: string | null
  /** In Jest's own words, what failed and why. */
  readonly said: string
}

type Results = {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** @param tests a pattern for the names of the tests; the others are left out */
export const runSpecs = async (
  folder: string,
  specs: readonly string[],
  tests: string,
  settings: Readonly<Record<string, string>>,
): Promise<Outcome> => {
  const output = path.join(folder, 'results.json')
  rmSync(output, { force: true })
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const quiet = [
    '--runInBand',
    '--forceExit',
    '--json',
    `--outputFile=${output}`,
    `--cacheDirectory=${path.join(folder, '.jest')}`,
  ]
  const child = spawn(process.execPath, [...jest, ...quiet, '--testNamePattern', tests, '--runTestsByPath', ...specs], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LOG_LEVEL: 'silent',
      BIZOSAAS_ENV_FILE: '/dev/null',
      ...settings,
      BIZOSAAS_TEST_AGAINST: 'environment',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: with a bug in them, specs may leave processes behind.
    detached: true,
  })
  const endGroup = () => endAll(child.pid)
  const late = setTimeout(endGroup, longestMs)
  process.once('exit', endGroup)
  const [said] = await Promise.all([text(child.stderr), once(child, 'exit').then(endGroup)])
  clearTimeout(late)
  process.off('exit', endGroup)
  return readOutcome(output, said)
}

const longestMs = 4 * 60_000

const endAll = (group: number | undefined): void => {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

const readOutcome = (file: string, said: string): Outcome => {
  let results: Results
  try {
    results = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: [], failed: [], broken: said.trim(), said }
  }
  const found = results.testResults.flatMap(({ assertionResults }) => assertionResults)
  const of = (status: string) => found.filter((test) => test.status === status).map(({ fullName }) => fullName)
  const broken = results.testResults.find(({ assertionResults }) => assertionResults.length === 0)
  return { passed: of('passed'), failed: of('failed'), broken: broken?.message ?? null, said }
}
