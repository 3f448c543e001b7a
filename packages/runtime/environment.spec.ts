import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readEnvironment } from './environment.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const write = (text: string) => writeFileSync(join(folder, '.env'), text)

test('without a .env file the environment is all there is', () => {
  expect(readEnvironment(join(folder, 'none'), { HOST: 'a' })).toEqual({ HOST: 'a' })
})

test('the environment wins over the file', () => {
  write('# a remark\nHOST=0.0.0.0\nQUERY_PORT="9000"\n')
  expect(readEnvironment(folder, { HOST: '::1' })).toEqual({ HOST: '::1', QUERY_PORT: '9000' })
})

test('another file is read where the environment names one, and none where that is /dev/null', () => {
  write('HOST=0.0.0.0\n')
  writeFileSync(join(folder, 'other.env'), 'QUERY_PORT=9000\n')
  const read = (file: string) => readEnvironment(folder, { BIZOSAAS_ENV_FILE: file })
  expect(read('other.env')).toEqual({ BIZOSAAS_ENV_FILE: 'other.env', QUERY_PORT: '9000' })
  expect(read('/dev/null')).toEqual({ BIZOSAAS_ENV_FILE: '/dev/null' })
})

test('an unknown name in the file stops the start, with the one that was meant', () => {
  write('QUERY_PROT=9000\nPATH=/bin\n')
  expect(() => readEnvironment(folder, {})).toThrow(
    `QUERY_PROT in ${join(folder, '.env')} is not a setting; did you mean QUERY_PORT?`,
  )
})
