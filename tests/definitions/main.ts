/** Writes projections/definitions.json; with --check says what differs, and fails. What a person has to decide fails both. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { projections } from '@bizosaas/projections/all.ts'
import { complaints, type Definitions, definitionsOf, nextDefinitions } from './definitions.ts'
import { sameOutput } from './same-output.ts'

const file = new URL('../../projections/definitions.json', import.meta.url)
const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}'
const recorded = JSON.parse(text) as Definitions
const now = definitionsOf(projections)
const wrong = complaints(now, recorded, sameOutput)
const next = `${JSON.stringify(nextDefinitions(now, recorded, sameOutput), null, 2)}\n`
if (!process.argv.includes('--check')) writeFileSync(file, next)
else if (wrong.length === 0 && text !== next)
  wrong.push('projections/definitions.json is out of date: run "npm run generate".')
for (const sentence of wrong) console.error(sentence)
process.exitCode = wrong.length ? 1 : 0
