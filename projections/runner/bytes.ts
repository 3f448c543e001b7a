import { UnfitValue } from './database-errors.ts'

/** A text up to this long is written letter by letter, which is faster than asking Node for it. */
const shortText = 40

/** Bytes that grow: little-endian numbers and texts as ClickHouse writes them. */
export class Bytes {
  #buffer = Buffer.allocUnsafeSlow(1 << 16)
  #view = new DataView(this.#buffer.buffer)
  #at = 0
  #lastUuid = ''
  #lastUuidAt = 0

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
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
        throw new UnfitValue(`expected a UUID, not ${JSON.stringify(value)}.`)
      this.#buffer.write(value.replaceAll('-', ''), this.#at, 'hex')
      this.#buffer.subarray(this.#at, this.#at + 8).reverse()
      this.#buffer.subarray(this.#at + 8, this.#at + 16).reverse()
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
