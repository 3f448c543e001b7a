/** `npm run prove`: breaks a running system in every way, and shows that its promises hold. See `--help`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { signalAll } from '../../deploy/embedded/supervisor/family.ts'
import { leftovers } from '../../deploy/embedded/supervisor/leftovers.ts'
import { withoutSettings } from '../jest/without-settings.ts'
import { help, type Options, readOptions } from './options.ts'
import { reportOf } from './report.ts'
import { prove } from './run.ts'

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** What a developer has set is for the developer's own system. */
const env = withoutSettings(process.env)
for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
Object.assign(process.env, env)

let options: Options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${(error as Error).message} "npm run prove -- --help" lists the options.\n`)
  process.exit(1)
}
if (options.help) {
  say(help)
  process.exit(0)
}

const folder = options.data === null ? mkdtempSync(join(tmpdir(), 'bizosaas-prove-')) : resolve(options.data)
mkdirSync(folder, { recursive: true })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The processes of the system end with this one, for the kernel sends them a signal; one that is frozen has to be woken to take it.
  process.once(signal, () => {
    signalAll(leftovers(realpathSync(folder)), 'SIGCONT')
    say(`Interrupted; what there is lies in ${folder}.`)
    process.exit(130)
  })
}

say(`Seed ${options.seed}; everything lies in ${folder}.`)
try {
  const findings = await prove(options, folder, say)
  const report = reportOf(findings)
  say(`\n${report}`)
  if (options.report !== null) writeFileSync(options.report, `# A fault storm\n\n${report}\n`)
  if (findings.verdicts.some(({ wrong }) => wrong.length > 0)) throw new Error('A verdict fails.')
  if (!options.keep) rmSync(folder, { recursive: true, force: true })
  process.exit(0)
} catch (error) {
  const { seed, kills, commands } = options
  say(`\n${error instanceof Error ? error.message : error}`)
  say(`Data, ledger and logs are kept in ${folder}. To repeat it:`)
  say(`  npm run prove -- --kills ${kills} --commands ${commands} --seed ${seed}`)
  process.exit(1)
}
