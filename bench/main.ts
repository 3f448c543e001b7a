/**
 * npm run bench                    all of them, one after the other
 * npm run bench -- relay …         those named
 * npm run bench -- --rounds 3      fewer rounds
 *
 * Each prints a table and writes bench/results/<name>.json and .md. Nothing is measured while another is.
 */
import { parseArgs } from 'node:util'
import { cleanUp } from './lib/clean-up.ts'

const benches = ['commands', 'relay', 'projections'] as const

const help = `npm run bench [-- ${benches.join(' | ')}] [--rounds N]

Measures each beside a bare limit in the same run, N times (5 unless said) and once before that does not count.
A busy machine is waited for, at most a minute or two in all.`

const readArguments = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, help: { type: 'boolean' } },
  })
  const unknown = positionals.filter((name) => !(benches as readonly string[]).includes(name))
  if (unknown.length) throw new Error(`There is no bench named ${unknown.join(', ')}; there are ${benches.join(', ')}.`)
  if (!/^[1-9]\d?$/.test(values.rounds)) throw new Error(`--rounds is a number from 1 to 99, not ${values.rounds}.`)
  const asked = benches.filter((bench) => positionals.length === 0 || positionals.includes(bench))
  return { asked, rounds: Number(values.rounds), help: values.help ?? false }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await cleanUp()
    process.exit(130)
  })
}

try {
  const { asked, rounds, help: isHelp } = readArguments()
  if (isHelp) console.log(help)
  for (const name of isHelp ? [] : asked) {
    console.log(`\n== ${name}`)
    const { bench } = await import(`./${name}.bench.ts`)
    console.log(`\n${await bench(console.log, rounds)}`)
    await cleanUp()
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
  await cleanUp()
}
process.exit()
