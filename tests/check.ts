/** `npm run check`: everything that can be said about the sources without starting anything. All of it runs, then all that is wrong is shown. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'

const bin = (name: string) => `node_modules/.bin/${name}`
const checks: [name: string, file: string, ...args: string[]][] = [
  ['format and lint', bin('biome'), 'check', '--error-on-warnings'],
  ['types', bin('tsc'), '-p', '.'],
  ['import law', bin('depcruise'), '--config', '.dependency-cruiser.cjs', '--output-type', 'err', '.'],
  ['generated files and schema compatibility', 'schemas/generate/main.ts', '--check'],
  ['settings in .env.example', 'packages/runtime/env-example.ts', '--check'],
  ['event table', 'tests/event-table/main.ts', '--check'],
  ['versions of projections', 'tests/definitions/main.ts', '--check'],
]

const run = async ([name, file, ...args]: (typeof checks)[number]) => {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  console.log(`${code === 0 ? '✓' : '✗'} ${name}`)
  return { name, failed: code !== 0, output: `${out}${err}`.trim() }
}

const waiting = [...checks]
const results: Awaited<ReturnType<typeof run>>[] = []
const worker = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await run(next))
}
await Promise.all(Array.from({ length: availableParallelism() }, worker))

for (const { name, output } of results.filter(({ failed }) => failed)) console.error(`\n── ${name}\n${output}`)
process.exitCode = results.some(({ failed }) => failed) ? 1 : 0
