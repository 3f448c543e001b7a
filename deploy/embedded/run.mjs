/**
 * Runs a program of this project with everything it needs, in a fresh clone too: `node deploy/embedded/run.mjs [--parts] [--oracle] [--fuzz] <file> [args]`.
 *
 * Needs nothing but Node 18 and no package. It fetches the pinned Node into the user's cache, installs the packages of the lock file,
 * with `--parts` also fetches Kafka, Postgres and the others, with `--oracle` the libraries of tests/oracle, with `--fuzz` the
 * program behind tests/api-fuzz, links all of them into `.toolchain`, and then hands over.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { artefact, folderOf, sweep } from './bootstrap/cache.mjs'
import { installDependencies } from './bootstrap/dependencies.mjs'
import { isWhole } from './bootstrap/manifest.mjs'
import { giveUp } from './bootstrap/problem.mjs'
import { step } from './bootstrap/progress.mjs'
import { forThisPython } from './bootstrap/python.mjs'
import { endTools } from './bootstrap/run-tool.mjs'
import { requireMachine, requireTools } from './bootstrap/tools.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const toolchain = path.join(root, '.toolchain')
const pins = JSON.parse(readFileSync(new URL('./bootstrap/pinned.json', import.meta.url), 'utf8'))
const node = path.join(toolchain, 'node', 'package', 'bin', 'node')

const program = process.argv.slice(2)
const withParts = takes('--parts')
/** Written in Python, each pinned for several versions of it. */
const inPython = ['oracle', 'fuzz'].filter((part) => takes(`--${part}`))
if (process.env.JAVA_HOME) process.env.PATH = `${process.env.JAVA_HOME}/bin:${process.env.PATH}`

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true
    endTools()
  })
}

try {
  await prepare()
} catch (error) {
  if (interrupted) process.exit(130)
  giveUp(error)
}
if (interrupted) process.exit(130)
handOver()

/** Whether the next of this program's own arguments is this one. */
function takes(flag) {
  if (program[0] !== flag) return false
  program.shift()
  return true
}

/** Fetches what is missing, side by side; packages are installed as soon as the pinned Node is there. */
async function prepare() {
  requireMachine()
  await sweep()
  if (inPython.length > 0) await inStep('Tools', (waitFor) => requireTools(['python'], waitFor))
  for (const part of inPython) pins[part] = forThisPython(pins[part])
  const needsPython = (part) => part === 'oracle' || part === 'fuzz'
  const wanted = Object.keys(pins).filter(
    (part) => part === 'node' || (needsPython(part) ? inPython.includes(part) : withParts),
  )
  const whole = await Promise.all(wanted.map((part) => isWhole(folderOf(part, pins[part]))))
  const missing = wanted.filter((_, index) => !whole[index])
  if (withParts) await inStep('Tools', (waitFor) => requireTools(['java', 'setpriv'], waitFor))
  if (missing.some((part) => part !== 'node'))
    await inStep('Tools', (waitFor) => requireTools(['git', 'maven', 'python', 'pip'], waitFor))

  const fetched = Object.fromEntries(wanted.map((part) => [part, missing.includes(part) ? fetchPart(part) : undefined]))
  const packages = Promise.resolve(fetched.node).then(() => {
    link('node')
    return inStep('Packages', (waitFor) => installDependencies(root, node, waitFor))
  })
  // All come to an end before a failure is reported, so that none is still writing when this process is gone.
  const results = await Promise.allSettled([...Object.values(fetched), packages])
  for (const result of results) if (result.status === 'rejected') throw result.reason
  for (const part of wanted) link(part)
}

function fetchPart(part) {
  const pin = pins[part]
  return inStep(`${pin.title} ${pin.version}`, (waitFor) => artefact(part, pin, waitFor))
}

/** Shows what is waited for; a step that waited for nothing is not shown. */
async function inStep(name, run) {
  let shown
  try {
    const result = await run((what) => {
      if (shown) shown.waitFor(what)
      else shown = step(name, what)
    })
    shown?.done()
    return result
  } catch (error) {
    shown?.failed()
    if (!interrupted) endTools()
    throw error
  }
}

/** Points `.toolchain/<part>` at the cached folder, in one step, since another process of this clone may be using it. */
function link(part) {
  const target = folderOf(part, pins[part])
  const name = path.join(toolchain, part)
  try {
    if (readlinkSync(name) === target) return
  } catch {
    // not there yet
  }
  mkdirSync(toolchain, { recursive: true })
  symlinkSync(target, `${name}.${process.pid}`)
  renameSync(`${name}.${process.pid}`, name)
}

/** The program gets this process's terminal and signals, and ends when this process ends, however that happens. */
function handOver() {
  const env = { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}` }
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', node, ...program], { stdio: 'inherit', env })
  child.on('error', giveUp)
  child.on('exit', (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm passes signals on, but when npm itself is killed nobody would tell.
  const parent = process.ppid
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500)
}
