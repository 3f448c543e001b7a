import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Problem } from './bootstrap/problem.mjs'
import { step } from './bootstrap/progress.mjs'

const program = fileURLToPath(new URL('../migrate/main.ts', import.meta.url))

/** Brings the database's schemas up to date, with the program that production runs for it. */
export function migrate(settings: Readonly<Record<string, string>>): Promise<void> {
  const shown = step('Database schemas', 'migrations')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program], { env: { ...process.env, ...settings } }, (error, stdout, stderr) => {
      if (!error) {
        shown.done()
        resolve()
        return
      }
      shown.failed()
      reject(new Problem(`The database's schemas cannot be brought up to date: ${(stderr || stdout).trim()}`))
    })
  })
}
