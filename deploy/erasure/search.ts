import type { Dirent } from 'node:fs'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { foldCase, type Needle, needlesOf } from './needles.ts'

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

/** Stores that run rename and remove files all the time: so often it looks for what is new because something was gone. */
const mostLooks = 20

/**
 * Looks for texts in the bytes of every file below a folder, whatever it holds. What goes away meanwhile may be there by another name:
 * it looks again until nothing does.
 * @throws when files keep going away
 */
export async function searchFiles(folder: string, texts: readonly string[]): Promise<Searched> {
  const needles = texts.flatMap((text) => needlesOf(text).map((needle) => ({ text, ...needle })))
  // What begins in one chunk and ends in the next is whole in the overlap.
  const overlap = Math.max(0, ...needles.map((needle) => needle.bytes.length)) - 1
  const buffer = Buffer.alloc(chunkBytes + overlap)
  const findings: Finding[] = []
  let [files, bytes] = [0, 0]
  /** By device and inode: a file that was given another name is the same, and the name may be another file's now. */
  const seen = new Set<string>()
  for (let look = 0; look < mostLooks; look++) {
    let isGone = false
    const whereGone = (error: NodeJS.ErrnoException): null => {
      if (error.code !== 'ENOENT') throw error
      isGone = true
      return null
    }
    for await (const file of filesIn(folder, await readdir(folder, { withFileTypes: true }), whereGone)) {
      const searched = await searchFile(file, needles, buffer, seen, whereGone)
      if (searched === null) continue
      files += 1
      bytes += searched.bytes
      for (const found of searched.findings) findings.push({ ...found, file: path.relative(folder, file) })
    }
    // A file that was given the name of one seen before leaves no gap: the second look finds it.
    if (!isGone && look > 0) return { files, bytes, findings }
  }
  throw new Error(`Files in ${folder} go away faster than they can be searched: search while less is written there.`)
}

type WhereGone = (error: NodeJS.ErrnoException) => null

/**
 * Folder by folder: stores that run make and remove folders all the time, and Node's own recursion fails at one that is gone. Links are
 * followed, for a store may have been moved.
 * @param within real paths of the folders that it is in, so that a link to one of them does not lead in circles
 */
async function* filesIn(
  folder: string,
  entries: readonly Dirent[],
  whereGone: WhereGone,
  within: readonly string[] = [],
): AsyncGenerator<string> {
  const real = await realpath(folder).catch(whereGone)
  if (real === null || within.includes(real)) return
  for (const entry of entries) {
    const place = path.join(folder, entry.name)
    const kind = entry.isSymbolicLink() ? await stat(place).catch(whereNothing) : entry
    if (kind?.isFile()) yield place
    if (kind?.isDirectory()) {
      const inIt = (await readdir(place, { withFileTypes: true }).catch(whereGone)) ?? []
      yield* filesIn(place, inIt, whereGone, [...within, real])
    }
  }
}

/** A link that leads nowhere, or in circles by itself, is no file. */
const whereNothing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT' || error.code === 'ELOOP') return null
  throw error
}

type Named = Needle & { readonly text: string }

/**
 * @param buffer of a chunk and the overlap; what it holds before does not matter
 * @returns null where it is gone, or seen already
 */
async function searchFile(
  file: string,
  needles: readonly Named[],
  buffer: Buffer,
  seen: Set<string>,
  whereGone: WhereGone,
) {
  const findings = new Map<Named, number>()
  let bytes = 0
  const handle = await open(file).catch(whereGone)
  if (handle === null) return null
  try {
    const { dev, ino } = await handle.stat()
    if (seen.has(`${dev} ${ino}`)) return null
    seen.add(`${dev} ${ino}`)
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
    const at = (needle.anyCase ? folded : chunk).indexOf(needle.bytes)
    return at < 0 ? [] : [[needle, at] as const]
  })
}
