/**
 * npm run bench                    all of them, one after the other
 * npm run bench -- relay …         those named
 * npm run bench -- --rounds 3      fewer rounds
 * npm run bench -- load            what takes long: only where it is named
 *
 * Each prints a table and writes bench/results/<name>.json and .md. Nothing is measured while another is.
 */
import { parseArgs } from 'node:util'
import { cleanUp } from './lib/clean-up.ts'

const benches = ['commands', 'relay', 'projections', 'gateway', 'peers'] as const
/** They take long, and run only when they are named. */
const longOnes = ['load', 'outage', 'rebuild', 'rebuild-load', 'verify'] as const
const all: readonly string[] = [...benches, ...longOnes]

const help = `npm run bench [-- ${benches.join(' | ')}] [--rounds N]

Measures each beside a bare limit in the same run, N times (5 unless said) and once before that does not count.
A busy machine is waited for, at most a minute or two in all.

npm run bench -- load [--rate 200] [--seconds 300]      commands at a fixed rate on a whole system
npm run bench -- outage [--rate 200] [--seconds 60] [--part kafka ...]
                                                        the same, while each part in turn is held still for so long
npm run bench -- rebuild [--events 1000000]             rebuilds from a history that is made once and kept in .data
npm run bench -- rebuild-load [--seconds 30]            commands and questions without and with a rebuild beside them
npm run bench -- verify                                 two versions of a million rows compared, under live events`

const readArguments = () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      rate: { type: 'string', default: '200' },
      seconds: { type: 'string' },
      events: { type: 'string', default: '1000000' },
      part: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean' },
    },
  })
  const unknown = positionals.filter((name) => !all.includes(name))
  if (unknown.length) throw new Error(`There is no bench named ${unknown.join(', ')}; there are ${all.join(', ')}.`)
  if (!/^[1-9]\d?$/.test(values.rounds)) throw new Error(`--rounds is a number from 1 to 99, not ${values.rounds}.`)
  const asked = positionals.length === 0 ? benches : all.filter((bench) => positionals.includes(bench))
  const load = {
    rate: wholeNumber('--rate', values.rate),
    seconds: values.seconds === undefined ? undefined : wholeNumber('--seconds', values.seconds),
    parts: values.part,
    events: wholeNumber('--events', values.events, 8),
  }
  return { asked, rounds: Number(values.rounds), load, help: values.help ?? false }
}

const wholeNumber = (name: string, text: string, digits = 5): number => {
  if (!/^[1-9]\d*$/.test(text) || text.length > digits)
    throw new Error(`${name} is a number from 1 to ${10 ** digits - 1}, not ${text}.`)
  return Number(text)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await cleanUp()
    process.exit(130)
  })
}

try {
  const { asked, rounds, load, help: isHelp } = readArguments()
  if (isHelp) console.log(help)
  for (const name of isHelp ? [] : asked) {
    console.log(`\n== ${name}`)
    const { bench } = await import(`./${name}.bench.ts`)
    console.log(`\n${await bench(console.log, rounds, load)}`)
    await cleanUp()
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
  await cleanUp()
}
process.exit()
