/**
 * Programs out of Debian's own packages, unpacked into the user's cache, without installing them and without being root. apt checks
 * what it downloads against Debian's signatures; a hash pinned here would be wrong with Debian's next security fix.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { artefact, folderOf } from './cache.mjs'
import { Problem } from './problem.mjs'
import { runTool } from './run-tool.mjs'

const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }

/**
 * The newest version of a package that apt offers, unpacked.
 *
 * @param {string} name
 * @param {(what: string) => void} waitFor told what is waited for
 * @returns {Promise<string>} the folder, which looks like `/`: programs are in `usr/bin`
 * @throws {Problem}
 */
export async function debianPackage(name, waitFor) {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new Problem(
      `${name} is taken from Debian's packages, and there is no apt-get here: run this on Debian or Ubuntu.`,
    )
  const offered = await candidate(name, [])
  if (offered !== null) {
    try {
      return await unpacked(name, offered, [], waitFor)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      // The machine's lists are older than what the mirror still has.
    }
  }
  return withOwnLists(waitFor, async (options) => {
    const newest = await candidate(name, options)
    if (newest === null)
      throw new Problem(`apt-get offers no package ${name}: add Debian's main archive to its sources.`)
    return unpacked(name, newest, options, waitFor)
  })
}

/** Asks the mirrors anew, into lists of our own: the machine's are root's, and locked while somebody else updates them. */
async function withOwnLists(
  /** @type {(what: string) => void} */ waitFor,
  /** @type {(options: string[]) => Promise<string>} */ use,
) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bizosaas-apt-'))
  try {
    for (const name of ['lists/partial', 'cache/archives/partial'])
      await mkdir(path.join(folder, name), { recursive: true })
    const options = [`Dir::State::Lists=${folder}/lists`, `Dir::Cache=${folder}/cache`].flatMap((option) => [
      '-o',
      option,
    ])
    waitFor('apt-get update')
    await runTool(['apt-get', ...options, 'update', '-q'], { env })
    return await use(options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function candidate(/** @type {string} */ name, /** @type {string[]} */ options) {
  const [, version] = /Candidate: (\S+)/.exec(await runTool(['apt-cache', ...options, 'policy', name], { env })) ?? []
  return version === undefined || version === '(none)' ? null : version
}

async function unpacked(
  /** @type {string} */ name,
  /** @type {string} */ version,
  /** @type {string[]} */ options,
  /** @type {(what: string) => void} */ waitFor,
) {
  const pin = { version, title: name, files: {} }
  await artefact(name, pin, waitFor, {
    fetch: async (_, folder) => {
      waitFor(`downloading ${name} ${version}`)
      await runTool(['apt-get', ...options, 'download', '-q', `${name}=${version}`], { cwd: folder, env })
      for (const file of await readdir(folder)) {
        await runTool(['dpkg-deb', '-x', file, '.'], { cwd: folder })
        await rm(path.join(folder, file))
      }
    },
  })
  return folderOf(name, pin)
}
