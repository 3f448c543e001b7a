/** The tools that the machine itself must have. Missing ones are installed where that is possible without asking: as root on Debian. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Problem } from './problem.mjs'
import { runTool } from './run-tool.mjs'

const oldestJava = 17

const tools = {
  git: { command: ['git', '--version'], debian: 'git', name: 'git' },
  java: { command: ['java', '-version'], debian: 'default-jre-headless', name: `Java ${oldestJava} or newer` },
  maven: { command: ['sh', '-c', 'command -v mvn'], debian: 'maven', name: 'Maven (mvn)' },
  python: { command: ['python3', '--version'], debian: 'python3', name: 'Python 3' },
  pip: { command: ['python3', '-m', 'pip', '--version'], debian: 'python3-pip', name: 'pip for Python 3' },
  setpriv: { command: ['setpriv', '--version'], debian: 'util-linux', name: 'setpriv (util-linux)' },
}

/**
 * Makes sure that tools are there.
 *
 * @param {readonly (keyof typeof tools)[]} names
 * @param {(what: string) => void} waitFor told what is waited for
 * @throws {Problem} naming what is missing or too old
 */
export async function requireTools(names, waitFor) {
  let missing = names.filter((name) => !works(name))
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    const packages = missing.map((name) => tools[name].debian)
    waitFor(`apt-get install ${packages.join(' ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await runTool(['apt-get', 'update', '-q'], { env })
    await runTool(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages], { env })
    missing = missing.filter((name) => !works(name))
  }
  if (missing.length > 0) {
    throw new Problem(
      `${list(missing.map((name) => tools[name].name))} ${missing.length > 1 ? 'are' : 'is'} missing: install ${missing.length > 1 ? 'them' : 'it'} (Debian: apt-get install ${missing.map((name) => tools[name].debian).join(' ')}) and start again.`,
    )
  }
  if (names.includes('java')) requireJava()
}

/** @throws {Problem} on anything but Linux with glibc on x86-64, which the embedded parts are built for. */
export function requireMachine() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } } | undefined} */ (process.report?.getReport())
  if (process.platform === 'linux' && process.arch === 'x64' && report?.header?.glibcVersionRuntime) return
  throw new Problem(
    `The embedded parts are built for Linux with glibc on x86-64, this is ${process.platform} on ${process.arch}: use "docker compose up" instead.`,
  )
}

function requireJava() {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1]
  if (version !== undefined && Number(version) >= oldestJava) return
  throw new Problem(
    `Java ${oldestJava} or newer is needed, "java -version" says ${version ?? 'nothing readable'}: install a newer one and set JAVA_HOME to it or put it first on the PATH.`,
  )
}

function works(/** @type {keyof typeof tools} */ name) {
  const [file = '', ...args] = tools[name].command
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}

const list = (/** @type {string[]} */ names) => names.join(', ').replace(/, ([^,]*)$/, ' and $1')
