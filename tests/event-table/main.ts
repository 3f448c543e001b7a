/** Writes docs/events.md; with --check says what differs or is missing, and fails. */
import { readFileSync, writeFileSync } from 'node:fs'
import { complaints, eventTable, toMarkdown } from './table.ts'

const file = new URL('../../docs/events.md', import.meta.url)
const rows = eventTable()
const text = toMarkdown(rows)
const wrong = complaints(rows)
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) wrong.push('docs/events.md is out of date: run "npm run generate".')
for (const sentence of wrong) console.error(sentence)
process.exitCode = wrong.length ? 1 : 0
