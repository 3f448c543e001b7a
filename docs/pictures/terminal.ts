/**
 * Draws what a program printed as a picture of a terminal: `npm start -- --once | node docs/pictures/terminal.ts > docs/pictures/start.svg`.
 * A line that the program drew over, as a progress bar, is shown as it was drawn, again and again; `script -qec <command> /dev/stdout` prints
 * what a terminal would get. Colours and other escapes are dropped; the text is what the README shows, so it must be what the program said.
 */
import { stdin, stdout } from 'node:process'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'

const lineHeight = 18
const charWidth = 7.85
const margin = 20
const secondsOfFrame = 0.7
/** The last of them stays so many times as long. */
const staysFor = 4
const title = process.argv[2] ?? 'npm start'

const lines = stripVTControlCharacters((await text(stdin)).replaceAll('\r\n', '\n'))
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\r').filter((frame, n, all) => frame !== '' && frame !== all[n - 1]))
const columns = Math.max(...lines.flat().map(({ length }) => length))
const width = Math.ceil(columns * charWidth) + 2 * margin
const height = lines.length * lineHeight + 2 * margin + 24
const escapeXml = (line: string) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** When a frame is shown, and when it is not. A viewer that does not animate shows the last one. */
const animation = (frame: number, frames: number): string => {
  if (frames === 1) return ''
  const all = frames - 1 + staysFor
  const [from, to] = [frame / all, frame === frames - 1 ? 1 : (frame + 1) / all]
  const steps = [...(from > 0 ? [[0, 'hidden']] : []), [from, 'visible'], ...(to < 1 ? [[to, 'hidden']] : [])]
  const values = steps.map(([, value]) => value).join(';')
  const times = steps.map(([time]) => Number(time).toFixed(4)).join(';')
  return `<animate attributeName="visibility" calcMode="discrete" dur="${(all * secondsOfFrame).toFixed(1)}s" repeatCount="indefinite" values="${values}" keyTimes="${times}"/>`
}
const spans = lines.flatMap((frames, n) =>
  frames.map((frame, k) => {
    const hidden = k < frames.length - 1 ? ' visibility="hidden"' : ''
    const y = margin + 34 + n * lineHeight
    return `<text x="${margin}" y="${y}" xml:space="preserve"${hidden}>${escapeXml(frame)}${animation(k, frames.length)}</text>`
  }),
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
