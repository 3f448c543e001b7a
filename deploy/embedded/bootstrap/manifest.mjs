/** The list of a prepared folder's files with their hashes, and the check of a folder against it, each folder on a thread of its own. */
import { createHash } from 'node:crypto'
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const manifestName = 'manifest.json'

/** Writes the manifest into the folder. @param {string} folder */
export async function writeManifest(folder) {
  writeFileSync(path.join(folder, manifestName), JSON.stringify(await hashes(folder), null, 1))
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether the folder holds exactly the files of its manifest
 */
export async function isWhole(folder) {
  let expected
  try {
    expected = JSON.parse(readFileSync(path.join(folder, manifestName), 'utf8'))
  } catch {
    return false // not there, or cut short
  }
  const actual = await hashes(folder)
  const names = Object.keys(expected)
  return names.length === Object.keys(actual).length && names.every((name) => expected[name] === actual[name])
}

/** @param {string} folder @returns {Promise<Record<string, string>>} */
function hashes(folder) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: folder })
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

if (!isMainThread && parentPort && typeof workerData === 'string') {
  /** @type {Record<string, string>} */
  const found = {}
  const buffer = Buffer.allocUnsafe(1 << 20)
  const walk = (/** @type {string} */ folder, /** @type {string} */ below) => {
    for (const name of readdirSync(folder).sort()) {
      const file = path.join(folder, name)
      const relative = below + name
      const info = lstatSync(file)
      if (info.isDirectory()) walk(file, `${relative}/`)
      else if (info.isSymbolicLink()) found[relative] = `-> ${readlinkSync(file)}`
      else if (relative !== manifestName) found[relative] = hashOf(file, buffer)
    }
  }
  walk(workerData, '')
  parentPort.postMessage(found)
}

function hashOf(/** @type {string} */ file, /** @type {Buffer} */ buffer) {
  const hash = createHash('sha256')
  const handle = openSync(file, 'r')
  try {
    for (let read = 1; read > 0; ) {
      read = readSync(handle, buffer, 0, buffer.length, null)
      hash.update(buffer.subarray(0, read))
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex')
}
