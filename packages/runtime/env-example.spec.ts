import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { expect, test } from '@jest/globals'
import { envExample, envExampleFile } from './env-example.ts'
import { settings } from './settings.ts'

test('.env.example is what `npm run generate` writes', () => {
  expect(readFileSync(envExampleFile, 'utf8')).toBe(envExample())
})

test('.env.example names every setting with its default, and a copy of it changes nothing', () => {
  const uncommented = envExample().replaceAll(/^# ([A-Z_]+=)/gm, '$1')
  const defaults = Object.entries(settings).map(([name, { default: standard }]) => [name, standard ?? ''])
  expect(parseEnv(uncommented)).toEqual(Object.fromEntries(defaults))
  expect(parseEnv(envExample())).toEqual({})
})

test('the check fails on a file that differs, and leaves it as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-example-'))
  const file = join(folder, '.env.example')
  const program = fileURLToPath(new URL('./env-example.ts', import.meta.url))
  const check = () => spawnSync(process.execPath, [program, '--check', file], { encoding: 'utf8' })
  try {
    writeFileSync(file, 'HOST=0.0.0.0\n')
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run generate') })
    expect(readFileSync(file, 'utf8')).toBe('HOST=0.0.0.0\n')
    writeFileSync(file, envExample())
    expect(check().status).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
