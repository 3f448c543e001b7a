/**
 * What is downloaded is kept by version in the user's cache folder, shared by all clones: `<cache>/bizosaas/<part>-<version>/`.
 *
 * A folder under that name is complete: it is built beside under a temporary name and renamed, so that an interrupted set-up leaves
 * nothing that looks finished, and of two set-ups at once the one that comes second throws its own away. Each use checks the content
 * against the manifest written then; a damaged folder is fetched again.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fetchPinned } from './fetch.mjs'
import { isWhole, writeManifest } from './manifest.mjs'

const aDay = 24 * 60 * 60 * 1000
const host = os.hostname().replaceAll(/[^a-zA-Z0-9]/g, '')

const cacheFolder = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'bizosaas')

/** @param {string} part @param {{ version: string }} pin */
export const folderOf = (part, pin, cache = cacheFolder) => path.join(cache, `${part}-${pin.version}`)

/**
 * Makes sure that an artefact is there, whole and checked; fetches it when it is not, or when it is damaged.
 *
 * @param {string} part
 * @param {import('./fetch.mjs').Pin} pin
 * @param {(what: string) => void} waitFor told what is waited for
 * @param {{ cache?: string, fetch?: typeof fetchPinned }} [options] for tests
 */
export async function artefact(part, pin, waitFor, { cache = cacheFolder, fetch = fetchPinned } = {}) {
  const folder = folderOf(part, pin, cache)
  if (await isWhole(folder)) return
  const beside = path.join(cache, `.${part}-${pin.version}.${host}.${process.pid}.${randomBytes(4).toString('hex')}`)
  await mkdir(beside, { recursive: true })
  try {
    await fetch(pin, beside, waitFor)
    await writeManifest(beside)
    await putInPlace(beside, folder)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

async function putInPlace(/** @type {string} */ beside, /** @type {string} */ folder) {
  try {
    await rename(beside, folder)
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    if (await isWhole(folder)) return // the other set-up was first
    const damaged = `${beside}.damaged`
    await rename(folder, damaged)
    await rm(damaged, { recursive: true, force: true })
    await putInPlace(beside, folder)
  }
}

/** Removes what set-ups left behind that no longer run: theirs on this machine at once, of other machines after a day. */
export async function sweep(cache = cacheFolder) {
  for (const name of await readdir(cache).catch(() => [])) {
    const [, ofHost, pid] = /^\..+\.([a-zA-Z0-9]+)\.(\d+)\.[0-9a-f]{8}(?:\.damaged)?$/.exec(name) ?? []
    if (pid === undefined) continue
    const file = path.join(cache, name)
    const old = await stat(file).then(
      (info) => Date.now() - info.mtimeMs > aDay,
      () => false,
    )
    if (old || (ofHost === host && !isAlive(Number(pid)))) await rm(file, { recursive: true, force: true })
  }
}

function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
