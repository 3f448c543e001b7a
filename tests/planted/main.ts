/** `npm run planted`: plants bugs, one after the other, in a copy of the sources, and asks whether the tests notice. */
import { parseArgs } from 'node:util'
import { isPure } from './bug.ts'
import { bugs } from './bugs/index.ts'
import { startParts } from './parts.ts'
import { isCaught, judgeAll, table } from './verdict.ts'

const help = `Plants bugs in a copy of the sources and runs the tests that must catch them.

  npm run planted               all ${bugs.length}
  npm run planted -- <name>…    some of them:

${bugs.map(({ name, breaks }) => `  ${name.padEnd(36)}${breaks}`).join('\n')}

Exit codes: 0 all caught, 1 one survives, or it cannot be found out.
`

const chosen = (names: readonly string[]) => {
  const unknown = names.find((name) => !bugs.some((bug) => bug.name === name))
  if (unknown !== undefined) throw new Error(`There is no bug ${unknown}: npm run planted -- --help lists them.`)
  return names.length === 0 ? bugs : bugs.filter(({ name }) => names.includes(name))
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } })
  if (values.help) {
    process.stdout.write(help)
    process.exit(0)
  }
  const planted = chosen(positionals)
  const parts = planted.every(isPure) ? null : await startParts()
  try {
    const verdicts = await judgeAll(planted, parts?.settings ?? {}, (verdict) => {
      process.stderr.write(`${isCaught(verdict) ? '✓' : '✗'} ${verdict.bug.name}\n`)
    })
    process.stdout.write(`${table(verdicts)}\n`)
    if (!verdicts.every(isCaught)) process.exitCode = 1
  } finally {
    await parts?.stop()
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
