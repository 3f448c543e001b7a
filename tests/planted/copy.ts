/** A copy of the sources, in which a bug can be planted without touching what others work on. */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bug } from './bug.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type Copy = {
  readonly folder: string
  /** Plants a bug while something is done. @throws when the text that it replaces does not stand there exactly once */
  readonly with: <Result>(bug: Bug, work: () => Promise<Result>) => Promise<Result>
  readonly remove: () => void
}

/** The scope of our own packages: links to the workspaces, which must be those of the copy. */
const scope = '@bizosaas'

export const copyOfSources = (): Copy => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bizosaas-planted-'))
  const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of tracked.toString().split('\0')) {
    if (file === '' || !existsSync(path.join(root, file))) continue
    cpSync(path.join(root, file), path.join(folder, file), { preserveTimestamps: true })
  }
  symlinkSync(path.join(root, '.toolchain'), path.join(folder, '.toolchain'))
  linkPackages(folder)
  return {
    folder,
    with: async (bug, work) => {
      const before = new Map<string, string>()
      try {
        for (const { file, from, to } of bug.edits) {
          const name = path.join(folder, file)
          const source = readFileSync(name, 'utf8')
          if (!before.has(name)) before.set(name, source)
          writeFileSync(name, replaced(bug, file, source, from, to))
        }
        return await work()
      } finally {
        for (const [name, source] of before) writeFileSync(name, source)
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const replaced = ({ name }: Bug, file: string, source: string, from: string, to: string): string => {
  const parts = source.split(from)
  if (parts.length === 2) return parts.join(to)
  throw new Error(
    `The bug ${name} does not apply any more: ${file} holds the text that it replaces ${parts.length - 1} times, and not once. Write it anew in tests/planted/bugs: ${JSON.stringify(from)}`,
  )
}

const linkPackages = (folder: string): void => {
  const [theirs, ours] = [path.join(root, 'node_modules'), path.join(folder, 'node_modules')]
  mkdirSync(path.join(ours, scope), { recursive: true })
  for (const name of readdirSync(theirs)) {
    if (name !== scope) symlinkSync(path.join(theirs, name), path.join(ours, name))
  }
  cpSync(path.join(theirs, scope), path.join(ours, scope), { recursive: true, verbatimSymlinks: true })
  // Workspaces may have packages of their own, in a version that others do not share.
  const workspaces = readdirSync(path.join(ours, scope)).map((name) => path.join(ours, scope, name))
  for (const workspace of workspaces) {
    const own = path.join(theirs, scope, path.basename(workspace), 'node_modules')
    if (existsSync(own)) symlinkSync(own, path.join(workspace, 'node_modules'))
  }
}
