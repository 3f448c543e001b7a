/**
 * Schemathesis against every service: requests made up from the service's own OpenAPI document, those that fit it and those that do not.
 * Whatever is sent, no answer is a fault, and each is one that the document has.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type Fuzzed = {
  readonly service: string
  readonly operations: number
  readonly ok: boolean
  /** What Schemathesis said. */
  readonly said: string
}

export type Effort = {
  /** Requests to each operation, at most. */
  readonly examples: number
  /** `coverage` goes through the bounds of every parameter. */
  readonly phases: readonly ('examples' | 'coverage' | 'fuzzing')[]
  readonly seed: number
}

const libraries = fileURLToPath(new URL('../../.toolchain/fuzz', import.meta.url))

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
]

/** Streams of events: none has an end at which it could be looked at. */
const endless = ['/v1/stream']

/** @param url of the service  @throws when it has no document */
export async function fuzz(service: string, url: string, token: string, effort: Effort): Promise<Fuzzed> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> }
  const operations = Object.values(document.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0)
  const folder = mkdtempSync(join(tmpdir(), 'bizosaas-fuzz-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, JSON.stringify(document))
    const { code, said } = await schemathesis(folder, [
      'run',
      file,
      ...['--url', url],
      ...['--header', `Authorization:Bearer ${token}`],
      ...['--checks', checks.join(',')],
      ...['--phases', effort.phases.join(',')],
      ...['--max-examples', String(effort.examples)],
      ...['--seed', String(effort.seed)],
      ...endless.filter((path) => path in document.paths).flatMap((path) => ['--exclude-path', path]),
      ...['--request-timeout', '40'],
      ...['--suppress-health-check', 'all'],
      '--continue-on-failure',
      '--no-color',
    ])
    if (code !== 0 && code !== 1) throw new Error(`Schemathesis could not look at ${service}: ${said}`)
    return { service, operations, ok: code === 0, said }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In a folder of its own, where it leaves what it remembers. */
async function schemathesis(cwd: string, args: readonly string[]) {
  const child = spawn('python3', ['-s', '-m', 'schemathesis.cli', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: libraries,
      PYTHONUTF8: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      COLUMNS: '120',
    },
  })
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [out, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, said: `${out}${complaints}`.trim() }
}
