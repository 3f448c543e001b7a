import { UnfitValue } from './database-errors.ts'

/** A text up to this long is written letter by letter, which is faster than asking Node for it. */
const shortText = 40

/** Where in a UUID's text the two digits of each byte begin. */
const placeOfByte = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34)
const hyphen = 45
const noDigit = 16
const digitOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code)
  return /[0-9a-f]/i.test(letter) ? Number.parseInt(letter, 16) : noDigit
})

/** Digit by digit, which takes less time than a pattern and Node's own reading of hexadecimal. False if it is none. */
function readUuid(text: string, into: Uint8Array, at: number): boolean {
  if (text.length !== 36) return false
  let wrong = text.charCodeAt(8) ^ hyphen
  wrong |= (text.charCodeAt(13) ^ hyphen) | (text.charCodeAt(18) ^ hyphen) | (text.charCodeAt(23) ^ hyphen)
  for (let byte = 0; byte < 16; byte++) {
    const place = placeOfByte[byte] as number
    const first = text.charCodeAt(place)
    const second = text.charCodeAt(place + 1)
    const high = digitOf[first & 127] as number
    const low = digitOf[second & 127] as number
    wrong |= ((first | second) >> 7) | ((high | low) & noDigit)
    into[at + (byte ^ 7)] = (high << 4) | low
  }
  return wrong === 0
}

/** Bytes that grow: little-endian numbers and texts as ClickHouse writes them. */
export class Bytes {
  #buffer: Buffer
  #view: DataView
  #at = 0
  #lastUuid = ''
  #lastUuidAt = 0

  /** @param expected how many they will be, about */
  constructor(expected: number) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(1 << 16, expected))
    this.#view = new DataView(this.#buffer.buffer)
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#at++] = value
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#view.setUint16(this.#at, value, true)
    this.#at += 2
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  /** A safe integer, in two halves: faster than BigInt. */
  int64(value: number): void {
    this.#reserve(8)
    this.#view.setUint32(this.#at, value >>> 0, true)
    this.#view.setInt32(this.#at + 4, Math.floor(value / 2 ** 32), true)
    this.#at += 8
  }

  varint(value: number): void {
    let rest = value
    while (rest > 127) {
      this.uint8((rest & 127) | 128)
      rest >>>= 7
    }
    this.uint8(rest)
  }

  /** UTF-8, after its length in bytes. */
  text(value: string): void {
    if (value.length <= shortText && this.#ascii(value)) return
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.#reserve(length)
    this.#buffer.write(value, this.#at)
    this.#at += length
  }

  /** Two little-endian halves of eight bytes. Often the same as the one before. */
  uuid(value: string): void {
    this.#reserve(16)
    if (value === this.#lastUuid) {
      this.#buffer.copyWithin(this.#at, this.#lastUuidAt, this.#lastUuidAt + 16)
    } else {
      if (!readUuid(value, this.#buffer, this.#at))
        throw new UnfitValue(`expected a UUID, not ${JSON.stringify(value)}.`)
      this.#lastUuid = value
      this.#lastUuidAt = this.#at
    }
    this.#at += 16
  }

  /** False, with nothing written, if there are other letters. */
  #ascii(value: string): boolean {
    const { length } = value
    this.#reserve(length + 1)
    let at = this.#at
    this.#buffer[at++] = length
    for (let i = 0; i < length; i++) {
      const letter = value.charCodeAt(i)
      if (letter > 127) return false
      this.#buffer[at++] = letter
    }
    this.#at = at
    return true
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
    this.#view = new DataView(grown.buffer)
  }
}
