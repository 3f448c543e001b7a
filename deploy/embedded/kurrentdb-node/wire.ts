/** The few pieces of the protobuf wire format that the hot paths write by hand (https://protobuf.dev/programming-guides/encoding). */

export const VARINT = 0
export const BYTES = 2

/** Writes a field's key. Only fields 1 to 15 occur, so a key is one byte. */
export const writeKey = (buffer: Buffer, offset: number, field: number, wireType: number): number => {
  buffer[offset] = (field << 3) | wireType
  return offset + 1
}

/** Writes an unsigned integer up to 2^64 - 1; numbers must be safe integers. Returns the offset behind it. */
export const writeVarint = (buffer: Buffer, offset: number, value: number | bigint): number => {
  let at = offset
  if (typeof value === 'bigint') {
    let rest = value
    for (; rest > 127n; rest >>= 7n) buffer[at++] = Number(rest & 127n) | 128
    buffer[at++] = Number(rest)
    return at
  }
  let rest = value
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) buffer[at++] = (rest % 128) | 128
  for (; rest > 127; rest >>>= 7) buffer[at++] = (rest & 127) | 128
  buffer[at++] = rest
  return at
}

/** How many bytes `writeVarint` needs for a safe integer. */
export const varintLength = (value: number): number => {
  let length = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

/** Writes a varint field. */
export const writeVarintField = (buffer: Buffer, offset: number, field: number, value: number | bigint): number =>
  writeVarint(buffer, writeKey(buffer, offset, field, VARINT), value)

/** Writes a length-delimited field. */
export const writeBytesField = (buffer: Buffer, offset: number, field: number, bytes: Uint8Array): number => {
  const at = writeVarint(buffer, writeKey(buffer, offset, field, BYTES), bytes.length)
  buffer.set(bytes, at)
  return at + bytes.length
}

/** A place in a message while it is read. */
export type Cursor = { readonly bytes: Uint8Array; at: number }

/** Reads a varint as a number; above 2^53 it is rounded. */
export const readVarint = (cursor: Cursor): number => {
  let value = 0
  let scale = 1
  for (;;) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw new RangeError('a protobuf message ends in the middle of a number')
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
}

/** Calls back for each length-delimited (start, end) or varint (value, -1) field; skips fixed-width ones. */
export const eachField = (
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (field: number, a: number, b: number) => void,
): void => {
  const cursor: Cursor = { bytes, at: start }
  while (cursor.at < end) {
    const key = readVarint(cursor)
    const wireType = key & 7
    if (wireType === VARINT) visit(key >>> 3, readVarint(cursor), -1)
    else if (wireType === BYTES) {
      const length = readVarint(cursor)
      if (cursor.at + length > end) throw new RangeError('a protobuf field is longer than its message')
      visit(key >>> 3, cursor.at, cursor.at + length)
      cursor.at += length
    } else if (wireType === 1) cursor.at += 8
    else if (wireType === 5) cursor.at += 4
    else throw new RangeError(`a protobuf field has the unknown wire type ${wireType}`)
  }
}
