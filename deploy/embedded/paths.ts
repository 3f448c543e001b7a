import { readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Problem } from './bootstrap/problem.mjs'

/** The clone. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** The folder of a fetched part (see run.mjs), without links on the way. */
export function toolchain(part: string): string {
  try {
    return readlinkSync(`${root}/.toolchain/${part}`)
  } catch {
    throw new Problem(`${part} is not fetched yet: start this through "npm start", "npm test" or "npm run stack".`)
  }
}
