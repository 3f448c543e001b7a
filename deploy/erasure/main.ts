/** `npm run search-files`: whether texts stand anywhere in the raw files of a system on this machine. */
import { parseArgs } from 'node:util'
import { readEnvironment, readSettings } from '@bizosaas/runtime'
import { dataFolderOf } from '../embedded/bring-up.ts'
import { root } from '../embedded/paths.ts'
import { searchFiles } from './search.ts'

const help = `npm run search-files -- [--folder <folder>] <text> [<text> ...]

Looks for each text in the bytes of every file of the event store, Kafka, PostgreSQL, ClickHouse and Valkey and of the logs: in
UTF-8 and UTF-16, in either case, in hexadecimal, Base64, percent-encoding and as JSON escapes it. What is compressed it does
not see: ClickHouse compresses, where personal data never goes, and PostgreSQL does so with values of 2 kB and more. Ends with 1
if it finds any.

  --folder   instead of the data folder (BIZOSAAS_DATA_DIR)
`

const { values, positionals: texts } = parseArgs({
  options: { folder: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
})
if (values.help || texts.length === 0) {
  process.stdout.write(help)
  process.exit(values.help ? 0 : 2)
}
const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], readEnvironment(root))
const { files, bytes, findings } = await searchFiles(values.folder ?? dataFolderOf(BIZOSAAS_DATA_DIR), texts)
for (const { text, form, file, offset } of findings) console.log(`${text}  as ${form} in ${file} at ${offset}`)
console.log(`${findings.length} findings in ${files} files of ${bytes} bytes`)
process.exitCode = findings.length > 0 ? 1 : 0
