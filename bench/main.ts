/**
 * npm run bench                 all of them, one after the other
 * npm run bench -- relay …      those named
 *
 * Each prints a table and writes bench/results/<name>.json and .md. Nothing is measured while another is.
 */
const benches = ['commands', 'relay', 'projections'] as const

const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'))
if (process.argv.includes('--help')) {
  console.log(
    `npm run bench [-- ${benches.join(' | ')}] [--rounds N]\n\nMeasures each beside a bare limit in the same run; a busy machine is waited for.`,
  )
  process.exit(0)
}
const unknown = asked.filter((name) => !(benches as readonly string[]).includes(name))
if (unknown.length) {
  console.error(`There is no bench named ${unknown.join(', ')}; there are ${benches.join(', ')}.`)
  process.exit(2)
}
for (const name of benches.filter((bench) => asked.length === 0 || asked.includes(bench))) {
  console.log(`\n== ${name}`)
  const { bench } = await import(`./${name}.bench.ts`)
  console.log(`\n${await bench(console.log)}`)
}
