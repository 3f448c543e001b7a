import avro from 'avsc'

/** Where avsc is reading or writing. Its types leave this out; what is used of it is restated here. */
export type Tap = {
  readonly buf: Buffer
  pos: number
  readLong(): number
  writeLong(value: number): void
}

/**
 * Every safe integer, exactly. avsc's own arithmetic is wrong below -2^52: it doubles the number for zigzag, which a
 * double then rounds, and reads back a large positive one (mtth/avsc issue 455).
 */
export class SafeLongType extends avro.types.LongType {
  _check(value: unknown, _flags: unknown, hook: ((value: unknown, type: avro.Type) => void) | undefined): boolean {
    const valid = Number.isSafeInteger(value)
    if (!valid) hook?.(value, this)
    return valid
  }

  _write(tap: Tap, value: number) {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no safe integer`)
    if (value >= -exact) tap.writeLong(value)
    else writeExactly(tap, BigInt(value) * -2n - 1n)
  }

  /** avsc also calls it without `this`. */
  _read(tap: Tap): number {
    const start = tap.pos
    const value = tap.readLong()
    if (value > -exact && value < exact) return value
    tap.pos = start
    const read = readExactly(tap)
    if (!Number.isSafeInteger(read)) throw new RangeError(`${read} is no safe integer`)
    return read
  }
}

const exact = 2 ** 52

function writeExactly(tap: Tap, zigzag: bigint) {
  let rest = zigzag
  while (rest >= 0x80n) {
    tap.buf[tap.pos++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  tap.buf[tap.pos++] = Number(rest)
}

function readExactly(tap: Tap): number {
  let zigzag = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = tap.buf[tap.pos++] ?? 0
    zigzag |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return Number(zigzag & 1n ? -(zigzag >> 1n) - 1n : zigzag >> 1n)
  }
}
