/**
 * `npm run test:api-fuzz [-- --examples 50 --seed 7]`: starts a system of its own and sends every service what Schemathesis makes up.
 * Fails when a service answers with a fault, or with anything that its OpenAPI document does not have.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startOwnSystem } from '../flow/own-system.ts'
import { fuzzAll } from './services.ts'

const { values } = parseArgs({ options: { examples: { type: 'string' }, seed: { type: 'string' } } })
const examples = Number(values.examples ?? 30)
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isSafeInteger(examples) || examples < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error('--examples is a whole number from 1 on, --seed one from 0 on.')
  process.exit(2)
}

console.log(`Starting a system; up to ${examples} requests of each kind to each operation, seed ${seed}.`)
const own = await startOwnSystem()
try {
  const effort = { examples, seed, phases: ['examples', 'coverage', 'fuzzing'] } as const
  for (const { service, operations, ok, said } of await fuzzAll(own.settings, own.system, effort)) {
    console.log(`${ok ? '✓' : '✗'} ${service}: ${operations} operations, ${casesIn(said)}`)
    if (!ok) console.log(said)
    if (!ok) process.exitCode = 1
  }
} finally {
  await own.stop()
}

/** Such as "1234 generated, 1234 passed". */
function casesIn(said: string): string {
  return /Test cases:\s*\n?\s*(.+)/.exec(said)?.[1]?.trim() ?? 'see below'
}
