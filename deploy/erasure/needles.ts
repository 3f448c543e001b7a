/** Every form in which a text may stand in a file that is not compressed. */
export interface Needle {
  readonly form: string
  /** As `foldCase` gives them where either case counts. */
  readonly bytes: Buffer
  readonly anyCase: boolean
}

/** What is shorter stands in any large file by chance. */
const fewestBytes = 4

/** @throws RangeError for a text that is too short to be looked for */
export function needlesOf(text: string): readonly Needle[] {
  if (Buffer.byteLength(text) < fewestBytes)
    throw new RangeError(
      `"${text}" has fewer than ${fewestBytes} bytes, and so stands anywhere by chance: give a longer text.`,
    )
  const needles = [...new Set([text, text.normalize('NFC'), text.normalize('NFD')])].flatMap((spelling) => [
    ...[spelling, spelling.toUpperCase(), spelling.toLowerCase()].flatMap(inPlain),
    ...encoded(spelling),
  ])
  return needles
    .map((needle) => (needle.anyCase ? { ...needle, bytes: foldCase(needle.bytes) } : needle))
    .filter(({ bytes, anyCase }, n, all) => {
      const isSame = (each: Needle) => each.anyCase === anyCase && each.bytes.equals(bytes)
      return bytes.length >= fewestBytes && all.findIndex(isSame) === n
    })
}

/** Byte by byte, as Latin-1: more becomes equal than the letters of ASCII, on both sides alike, so that nothing is missed. */
export const foldCase = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')

function inPlain(text: string): Needle[] {
  const bigEndian = Buffer.from(text, 'utf16le').swap16()
  return [
    { form: 'text', bytes: Buffer.from(text), anyCase: true },
    { form: 'UTF-16', bytes: Buffer.from(text, 'utf16le'), anyCase: true },
    { form: 'UTF-16', bytes: bigEndian, anyCase: true },
  ]
}

function encoded(text: string): Needle[] {
  const utf8 = Buffer.from(text)
  const base64s = [0, 1, 2].map((shift) => base64(utf8, shift))
  const written: [form: string, text: string][] = [
    ['hexadecimal', utf8.toString('hex')],
    ['percent-encoded', encodeURIComponent(text)],
    ['percent-encoded', encodeURI(text)],
    ['percent-encoded', new URLSearchParams({ '': text }).toString().slice(1)],
    ['JSON', JSON.stringify(text).slice(1, -1)],
    ['JSON', escaped(text)],
  ]
  return [
    ...written.map(([form, as]) => ({ form, bytes: Buffer.from(as), anyCase: true })),
    ...base64s.map((as) => ({ form: 'Base64', bytes: Buffer.from(as), anyCase: false })),
    ...base64s.map((as) => ({ form: 'Base64', bytes: Buffer.from(urlSafe(as)), anyCase: false })),
  ]
}

/** The characters of Base64 that follow from the text alone, if it begins `shift` bytes after a group of three. */
function base64(utf8: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), utf8])
    .toString('base64')
    .replaceAll('=', '')
  const end = (shift + utf8.length) % 3 === 0 ? whole.length : whole.length - 1
  return whole.slice(shift === 0 ? 0 : shift + 1, end)
}
const urlSafe = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_')

const escaped = (text: string) =>
  [...text]
    .map((each) =>
      each > '~' ? [...Array(each.length)].map((_, n) => unit(each, n)).join('') : JSON.stringify(each).slice(1, -1),
    )
    .join('')
const unit = (each: string, n: number) => `\\u${each.charCodeAt(n).toString(16).padStart(4, '0')}`
