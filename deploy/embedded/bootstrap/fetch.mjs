import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.mjs'
import { Problem } from './problem.mjs'
import { runTool } from './run-tool.mjs'

const mavenDependency = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

/**
 * @typedef {object} Pin
 * @property {string} version
 * @property {string} title what people call it
 * @property {string} [npm] package@version, or one of the next three
 * @property {string | string[]} [pip] package==version, with all that it needs
 * @property {string} [maven] group:artifact:version:type:classifier
 * @property {string} [pom] a file beside this one whose runtime dependencies are meant
 * @property {Record<string, string>} files every downloaded file with its SHA-256
 * @property {string[]} [keep] what to keep of the unpacked archive; everything when absent
 * @property {string[]} [run] folders whose files are programs (a wheel does not carry run bits)
 */

/**
 * Downloads what a pin names by its registry's own client, compares it with the pinned hashes and unpacks it into `folder`.
 *
 * @param {Pin} pin
 * @param {string} folder exists and is empty
 * @param {(what: string) => void} waitFor told what is waited for
 * @throws {Problem} when a file is missing, too many, or not the pinned one
 */
export async function fetchPinned(pin, folder, waitFor) {
  const downloads = path.join(folder, '.downloads')
  const unpacked = path.join(folder, '.unpacked')
  await mkdir(downloads)
  waitFor('downloading')
  await download(pin, downloads)
  await compare(pin, downloads)
  waitFor('unpacking')
  await mkdir(unpacked)
  for (const name of Object.keys(pin.files)) await unpack(path.join(downloads, name), unpacked)
  for (const entry of pin.keep ?? (await readdir(unpacked))) {
    await mkdir(path.dirname(path.join(folder, entry)), { recursive: true })
    await rename(path.join(unpacked, entry), path.join(folder, entry))
  }
  for (const entry of pin.run ?? []) await makeRunnable(path.join(folder, entry))
  await rm(unpacked, { recursive: true })
  await rm(downloads, { recursive: true })
}

async function download(/** @type {Pin} */ pin, /** @type {string} */ target) {
  if (pin.npm) {
    // "pack" instead of "install": the registry's own archive, byte by byte, so that its hash can be pinned.
    await runTool([...npm(), 'pack', '--silent', '--ignore-scripts', '--pack-destination', target, pin.npm], {
      cwd: target,
    })
  } else if (pin.pip) {
    const flags = ['--no-deps', '--only-binary', ':all:', '--disable-pip-version-check', '--no-input', '--quiet']
    await runTool(['python3', '-m', 'pip', 'download', ...flags, '--dest', target, ...[pin.pip].flat()])
  } else if (pin.maven) {
    const args = [`-Dartifact=${pin.maven}`, `-DoutputDirectory=${target}`]
    await runTool(['mvn', '-B', '-q', `${mavenDependency}:copy`, ...args], { cwd: target })
  } else if (pin.pom) {
    const pom = fileURLToPath(new URL(pin.pom, import.meta.url))
    const args = ['-DincludeScope=runtime', `-DoutputDirectory=${target}`]
    await runTool(['mvn', '-B', '-q', '-f', pom, `${mavenDependency}:copy-dependencies`, ...args], { cwd: target })
  }
}

async function compare(/** @type {Pin} */ pin, /** @type {string} */ downloads) {
  const present = await readdir(downloads)
  for (const name of new Set([...present, ...Object.keys(pin.files)])) {
    const pinned = pin.files[name]
    if (pinned === undefined)
      throw new Problem(
        `${pin.title}: ${name} came with the download but is not pinned; compare pinned.json with the release.`,
      )
    if (!present.includes(name))
      throw new Problem(
        `${pin.title}: ${name} is pinned but was not downloaded; this machine may need another build of it (only Linux on x86-64 is supported).`,
      )
    const hash = createHash('sha256')
      .update(await readFile(path.join(downloads, name)))
      .digest('hex')
    if (hash !== pinned)
      throw new Problem(
        `${pin.title}: ${name} has SHA-256 ${hash} instead of the pinned ${pinned}; do not use it, ask where your registry or mirror got it from.`,
      )
  }
}

async function unpack(/** @type {string} */ archive, /** @type {string} */ target) {
  if (/\.(tgz|tar\.gz)$/.test(archive)) await runTool(['tar', '-xzf', archive, '-C', target, '--no-same-owner'])
  else if (archive.endsWith('.whl')) await runTool(['python3', '-m', 'zipfile', '-e', archive, target])
  else await rename(archive, path.join(target, path.basename(archive)))
}

async function makeRunnable(/** @type {string} */ folder) {
  if (!existsSync(folder)) return
  for (const entry of await readdir(folder)) {
    const file = path.join(folder, entry)
    if ((await stat(file)).isDirectory()) await makeRunnable(file)
    else await chmod(file, 0o755)
  }
}
