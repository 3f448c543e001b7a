import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Setting, settingGroups } from './settings.ts'

/** Written by `npm run generate`. */
export const envExampleFile = new URL('../../.env.example', import.meta.url)

/** `.env.example`: every setting with its default, commented out, so that a copy of the file changes nothing. */
export function envExample(): string {
  const groups = Object.entries(settingGroups).map(([heading, group]) => {
    const lines = Object.entries(group).map(
      ([name, { doc, expected, default: written, secret }]: [string, Setting]) => {
        const remarks = [`expected: ${expected}`]
        if (written === undefined) remarks.push('no default')
        if (secret) remarks.push('secret')
        return `# ${doc} (${remarks.join('; ')})\n# ${name}=${written ?? ''}\n`
      },
    )
    return `# --- ${heading}\n\n${lines.join('\n')}`
  })
  return `${intro}\n${groups.join('\n')}`
}

const intro = `# Every setting with its default. \`npm start\` needs none of them: it starts parts of its own,
# and refuses addresses and keys of others.
# Copy to .env and uncomment what differs; what the environment says wins over this file.
# Written from packages/runtime/settings.ts by \`npm run generate\`.
`

/** Writes the file; with `--check` says that it is not what it should be, and fails. Another file may be named. */
function main(): void {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean' } }, allowPositionals: true })
  const [file = envExampleFile] = positionals
  if (!values.check) writeFileSync(file, envExample())
  else if (readFileSync(file, 'utf8') !== envExample()) {
    console.error('.env.example is not what packages/runtime/settings.ts says: run "npm run generate".')
    process.exitCode = 1
  }
}

if (import.meta.main) main()
