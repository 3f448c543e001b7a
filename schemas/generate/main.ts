/** `npm run generate` writes what follows from the .avsc files; with `--check` it says whether that has been done. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Upcast } from '../codec.ts'
import { upcasters } from '../upcasters.ts'
import { plan } from './plan.ts'

const root = join(import.meta.dirname, '..')

try {
  const { files, problems } = plan(root, upcasters as Readonly<Record<string, Record<number, Upcast>>>)
  const outdated = [...files].filter(([path, text]) => textAt(path) !== text)
  if (problems.length > 0) {
    refuse(problems)
  } else if (process.argv.includes('--check')) {
    refuse(
      outdated.map(([path]) => `schemas/${path} is not what the .avsc files say. Run npm run generate and commit it.`),
    )
  } else {
    for (const [path, text] of outdated) write(path, text)
  }
} catch (error) {
  refuse([(error as Error).message])
}

function textAt(path: string): string | null {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8') : null
}

function write(path: string, text: string) {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  console.log(`Wrote schemas/${path}`)
}

function refuse(reasons: readonly string[]) {
  for (const reason of reasons) console.error(reason)
  if (reasons.length > 0) process.exitCode = 1
}
