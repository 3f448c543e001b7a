/** Every form in which a text may stand in a file that is not compressed. */
export interface Needle {
  readonly form: string
  readonly bytes: Buffer
  /** Whether letters of either case count: ASCII ones, as in addresses. */
  readonly anyCase: boolean
}

export function needlesOf(text: string): readonly Needle[] {
  const utf8 = Buffer.from(text)
  const needles: Needle[] = [
    { form: 'text', bytes: utf8, anyCase: true },
    { form: 'UTF-16', bytes: Buffer.from(text, 'utf16le'), anyCase: true },
    { form: 'hexadecimal', bytes: Buffer.from(utf8.toString('hex')), anyCase: true },
    { form: 'percent-encoded', bytes: Buffer.from(encodeURIComponent(text)), anyCase: true },
    { form: 'JSON', bytes: Buffer.from(escaped(text)), anyCase: true },
    ...[0, 1, 2].map((shift) => ({ form: 'Base64', bytes: base64(utf8, shift), anyCase: false })),
  ]
  return needles.filter(
    ({ bytes }, n) => bytes.length > 3 && needles.findIndex((each) => each.bytes.equals(bytes)) === n,
  )
}

/** The characters of Base64 that follow from the text alone, if it begins `shift` bytes after a group of three. */
function base64(utf8: Buffer, shift: number): Buffer {
  const whole = Buffer.concat([Buffer.alloc(shift), utf8])
    .toString('base64')
    .replaceAll('=', '')
  const end = (shift + utf8.length) % 3 === 0 ? whole.length : whole.length - 1
  return Buffer.from(whole.slice(shift === 0 ? 0 : shift + 1, end))
}

const escaped = (text: string) =>
  [...text]
    .map((each) =>
      each > '~' ? [...Array(each.length)].map((_, n) => unit(each, n)).join('') : JSON.stringify(each).slice(1, -1),
    )
    .join('')
const unit = (each: string, n: number) => `\\u${each.charCodeAt(n).toString(16).padStart(4, '0')}`
