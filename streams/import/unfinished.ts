/**
 * What is kept of an import that has not ended, so that it can go on where it stopped.
 *
 * The idempotency keys of its pages are made of its run, which is drawn anew for each import: a key made of the file alone would have a
 * second import of the same file answered as the first was, and would swallow a file that takes figures back to what they were.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Mapping } from './mapping.ts'
import type { Counts, Destination } from './send.ts'

export interface Unfinished {
  readonly run: string
  /** Pages that were answered. */
  readonly pages: number
  readonly counts: Counts
  readonly refused: number
}

/** Where the state of an import is kept: the same for the same bytes, mapping, page size and account only. */
export async function unfinishedFile(
  file: string,
  mapping: Mapping,
  pageSize: number,
  to: Pick<Destination, 'url' | 'adAccountId'>,
  folder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'bizosaas', 'imports'),
): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  hash.update(JSON.stringify([mapping, pageSize, to.url, to.adAccountId]))
  return join(folder, `${hash.digest('hex')}.json`)
}

export async function readUnfinished(path: string): Promise<Unfinished | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Unfinished
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`The state of the earlier import in ${path} cannot be read; delete it to start over`)
  }
}

/** Replaces the file as a whole, so that a kill leaves the old state or the new one. */
export async function writeUnfinished(path: string, state: Unfinished): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(state))
  await rename(`${path}.new`, path)
}

export const forgetUnfinished = (path: string): Promise<void> => rm(path, { force: true })
