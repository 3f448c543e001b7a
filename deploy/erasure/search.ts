import type { Dirent } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { type Needle, needlesOf } from './needles.ts'

export interface Finding {
  readonly text: string
  readonly form: string
  readonly file: string
  readonly offset: number
}

export interface Searched {
  readonly files: number
  readonly bytes: number
  readonly findings: readonly Finding[]
}

const chunkBytes = 4 * 1024 * 1024

/** Looks for texts in the bytes of every file below a folder, whatever it holds. What goes away meanwhile is none. */
export async function searchFiles(folder: string, texts: readonly string[]): Promise<Searched> {
  const needles = texts.flatMap((text) =>
    needlesOf(text).map((needle) => ({ text, ...needle, folded: foldCase(needle.bytes) })),
  )
  // What begins in one chunk and ends in the next is whole in the overlap.
  const overlap = Math.max(0, ...needles.map((needle) => needle.bytes.length)) - 1
  const buffer = Buffer.alloc(chunkBytes + overlap)
  const findings: Finding[] = []
  let [files, bytes] = [0, 0]
  for await (const file of filesIn(folder, await readdir(folder, { withFileTypes: true }))) {
    const searched = await searchFile(file, needles, buffer)
    files += 1
    bytes += searched.bytes
    for (const found of searched.findings) findings.push({ ...found, file: path.relative(folder, file) })
  }
  return { files, bytes, findings }
}

/** Folder by folder: stores that run make and remove folders all the time, and Node's own recursion fails at one that is gone. */
async function* filesIn(folder: string, entries: readonly Dirent[]): AsyncGenerator<string> {
  for (const entry of entries) {
    const place = path.join(folder, entry.name)
    if (entry.isFile()) yield place
    if (entry.isDirectory())
      yield* filesIn(place, (await readdir(place, { withFileTypes: true }).catch(whereGone)) ?? [])
  }
}

type Named = Needle & { readonly text: string; readonly folded: Buffer }

/** @param buffer of a chunk and the overlap; what it holds before does not matter */
async function searchFile(file: string, needles: readonly Named[], buffer: Buffer) {
  const findings = new Map<Named, number>()
  let bytes = 0
  const handle = await open(file).catch(whereGone)
  if (handle === null) return { bytes, findings: [] }
  try {
    const overlap = buffer.length - chunkBytes
    let kept = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, kept, chunkBytes, bytes)
      if (bytesRead === 0) break
      const end = kept + bytesRead
      for (const [needle, at] of found(buffer.subarray(0, end), needles))
        if (!findings.has(needle)) findings.set(needle, bytes - kept + at)
      bytes += bytesRead
      kept = Math.min(overlap, end)
      buffer.copyWithin(0, end - kept, end)
    }
  } finally {
    await handle.close()
  }
  return { bytes, findings: [...findings].map(([{ text, form }, offset]) => ({ text, form, offset })) }
}

function found(chunk: Buffer, needles: readonly Named[]): readonly (readonly [Named, number])[] {
  const folded = foldCase(chunk)
  return needles.flatMap((needle) => {
    const at = needle.anyCase ? folded.indexOf(needle.folded) : chunk.indexOf(needle.bytes)
    return at < 0 ? [] : [[needle, at] as const]
  })
}

/** Byte by byte, as Latin-1: more becomes equal than the letters of ASCII, on both sides alike, so that nothing is missed. */
const foldCase = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')

const whereGone = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return null
  throw error
}
