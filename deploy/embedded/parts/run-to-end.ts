import { execFile } from 'node:child_process'
import { Problem } from '../bootstrap/problem.mjs'
import { asUser } from './as-user.ts'
import type { User } from './part.ts'

/** Runs a part's own tool to its end, as the part's user. */
export function runToEnd(command: readonly string[], user: User | null = null): Promise<void> {
  const [file = '', ...args] = asUser(command, user)
  return new Promise((resolve, reject) => {
    execFile(file, args, (error, stdout, stderr) => {
      if (error) reject(new Problem(`"${command.slice(0, 1)}" failed: ${(stderr || stdout || error.message).trim()}`))
      else resolve()
    })
  })
}
