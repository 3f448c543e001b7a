/** The small form of `npm run prove`: a storm of its own, with every kind of verdict. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bizosaas-storm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every promise holds while 30 processes are killed under 1,500 commands', async () => {
  const report = join(folder, 'storm.md')
  const flags = ['--kills', '30', '--commands', '1500', '--report', report]
  const child = spawn(process.execPath, [main, ...flags], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const code = await new Promise((resolve) => child.on('exit', resolve))
  if (code !== 0) throw new Error(said)
  const written = readFileSync(report, 'utf8')
  for (const verdict of ['ledger and event store', 'oracle', 'rebuild', 'left behind'])
    expect(written).toMatch(new RegExp(`${verdict}.*holds`))
  expect(written).toMatch(/kill -9 +\| +30 /)
}, 420_000)
