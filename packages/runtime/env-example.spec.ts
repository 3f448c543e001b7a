import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from '@jest/globals'
import { envExample, envExampleFile } from './env-example.ts'
import { settings } from './settings.ts'

test('.env.example is what `npm run settings` writes', () => {
  expect(readFileSync(envExampleFile, 'utf8')).toBe(envExample())
})

test('.env.example names every setting with its default, and a copy of it changes nothing', () => {
  const uncommented = envExample().replaceAll(/^# ([A-Z_]+=)/gm, '$1')
  const defaults = Object.entries(settings).map(([name, { default: standard }]) => [name, standard ?? ''])
  expect(parseEnv(uncommented)).toEqual(Object.fromEntries(defaults))
  expect(parseEnv(envExample())).toEqual({})
})
