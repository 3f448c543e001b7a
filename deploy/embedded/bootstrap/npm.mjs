import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'

/**
 * How to call the user's npm.
 *
 * @param {string} node the Node that is to run it
 * @returns {string[]} the beginning of a command
 */
export function npm(node = process.execPath) {
  const inherited = process.env.npm_execpath
  const script = inherited?.endsWith('npm-cli.js')
    ? inherited
    : realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())
  return [node, script]
}
