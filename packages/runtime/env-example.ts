import { writeFileSync } from 'node:fs'
import { type Setting, settingGroups } from './settings.ts'

/** The file that `.env.example` must be equal to; run this file (`npm run settings`) to write it. */
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

const intro = `# Every setting with its default. \`npm start\` needs none of them: it computes what it starts itself.
# Copy to .env and uncomment what differs; what the environment says wins over this file.
# Written from packages/runtime/settings.ts by \`npm run settings\`.
`

if (import.meta.main) writeFileSync(envExampleFile, envExample())
