import { spawn } from 'node:child_process'
import { Problem } from './problem.mjs'

/** Tools that run now, so that an interrupted set-up leaves none behind. */
const running = new Set()

/** Ends every tool that still runs. */
export function endTools() {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGTERM')
    } catch {
      // it ended by itself in the meantime
    }
  }
}

/**
 * Runs a tool to its end and gives back what it printed.
 *
 * @param {readonly string[]} command the file and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} its standard output
 * @throws {Problem} with the last lines it printed when it cannot start or its exit code is not 0
 */
export function runTool(command, options = {}) {
  const [file = '', ...args] = command
  return new Promise((resolve, reject) => {
    // Own process group: Ctrl-C reaches this process, which then ends the whole group, helpers of the tool included.
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    running.add(child)
    let output = ''
    let all = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      all += chunk
    })
    child.stderr.on('data', (chunk) => {
      all += chunk
    })
    child.on('error', (error) => {
      running.delete(child)
      reject(new Problem(`${file} does not start (${error.message}); is it installed and on the PATH?`))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) resolve(output)
      else reject(new Problem(`"${command.join(' ')}" ended with ${signal ?? `exit code ${code}`}:\n${lastLines(all)}`))
    })
  })
}

const lastLines = (/** @type {string} */ text) => text.trimEnd().split('\n').slice(-12).join('\n')
