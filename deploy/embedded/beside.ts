/**
 * Runs a command line program beside the system of `npm start`: `node deploy/embedded/run.mjs deploy/embedded/beside.ts <file> [args]`.
 * What the environment and `.env` say wins, so that the same command works on a system that runs elsewhere.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readEnvironment, readSettings } from '@bizosaas/runtime'
import { dataFolderOf } from './bring-up.ts'
import { root } from './paths.ts'
import { readState } from './supervisor/state.ts'

const [program = ''] = process.argv.splice(2, 1)
const environment = readEnvironment(root)
const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], environment)
Object.assign(process.env, readState(dataFolderOf(BIZOSAAS_DATA_DIR))?.settings, environment)
await import(pathToFileURL(path.resolve(root, program)).href)
