/**
 * Draws what a program printed as a picture of a terminal: `npm start -- --once | node docs/pictures/terminal.ts > docs/pictures/start.svg`.
 * Colours and other escapes are dropped; the text is what the README shows, so it must be what the program said.
 */
import { stdin, stdout } from 'node:process'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'

const lineHeight = 18
const charWidth = 7.85
const margin = 20
const title = process.argv[2] ?? 'npm start'

const lines = stripVTControlCharacters(await text(stdin))
  .trimEnd()
  .split('\n')
const columns = Math.max(...lines.map(({ length }) => length))
const width = Math.ceil(columns * charWidth) + 2 * margin
const height = lines.length * lineHeight + 2 * margin + 24
const escapeXml = (line: string) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const spans = lines.map(
  (line, n) => `<text x="${margin}" y="${margin + 34 + n * lineHeight}" xml:space="preserve">${escapeXml(line)}</text>`,
)
const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
  (fill, n) => `<circle cx="${margin + n * 18}" cy="18" r="5.5" fill="${fill}"/>`,
)

stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Terminal: ${escapeXml(title)}">
<rect width="100%" height="100%" rx="10" fill="#14181f"/>
${dots.join('')}
<text x="50%" y="22" text-anchor="middle" font-family="system-ui, sans-serif" font-size="12" fill="#8b949e">${escapeXml(title)}</text>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#d6dde6">
${spans.join('\n')}
</g>
</svg>
`)
