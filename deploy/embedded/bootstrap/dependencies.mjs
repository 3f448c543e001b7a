import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { npm } from './npm.mjs'
import { runTool } from './run-tool.mjs'

/**
 * Installs the packages of package-lock.json unless they are there. Two set-ups in one clone wait for each other.
 *
 * @param {string} root the clone
 * @param {string} node the Node to install with
 * @param {(what: string) => void} waitFor told what is waited for
 * @returns {Promise<boolean>} whether something was installed
 */
export async function installDependencies(root, node, waitFor) {
  if (areInstalled(root)) return linkWorkspaces(root)
  mkdirSync(path.join(root, '.toolchain'), { recursive: true })
  waitFor('another set-up of this clone')
  const unlock = await lock(path.join(root, '.toolchain', 'npm-ci.lock'))
  try {
    if (areInstalled(root)) return linkWorkspaces(root) // by the other set-up
    waitFor('npm ci')
    const env = { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}` }
    await runTool([...npm(node), 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root, env })
    return true
  } finally {
    unlock()
  }
}

/** Waits for the lock. It ends with `unlock`, or with this process however that ends: the holder reads a pipe from here. */
function lock(/** @type {string} */ file) {
  return new Promise((resolve, reject) => {
    const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
    })
    holder.on('error', reject)
    holder.stdout.once('data', () => resolve(() => holder.stdin.end()))
  })
}

/**
 * Adds the links of our own packages that came since `npm ci` ran: for these alone it need not run again.
 *
 * @param {string} root
 * @returns {false} nothing was installed
 */
function linkWorkspaces(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  for (const [name, { link, resolved }] of Object.entries(packages)) {
    const place = path.join(root, name)
    if (!link || existsSync(place)) continue
    mkdirSync(path.dirname(place), { recursive: true })
    symlinkSync(path.relative(path.dirname(place), path.join(root, resolved)), place)
  }
  return false
}

/**
 * Compares what npm says it has installed (`node_modules/.package-lock.json`, written last) with the lock file.
 *
 * @param {string} root
 */
export function areInstalled(root) {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  return Object.entries(wanted).every(([name, { version, integrity, optional, link }]) => {
    if (!name.includes('node_modules/') || link) return true
    const found = installed[name]
    return found ? found.version === version && found.integrity === integrity : optional === true
  })
}
