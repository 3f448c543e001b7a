/**
 * npm run import -- <file.csv> --account <adAccountId>
 *
 * A client of the public API like any other: reads a CSV by a mapping and sends its rows to the integrations service.
 */
import { randomUUID } from 'node:crypto'
import { readEnvironment } from '@bizosaas/runtime'
import { help, type ImportArguments, readArguments } from './arguments.ts'
import { importFile, nothingYet } from './import-file.ts'
import { Unanswered } from './patient-fetch.ts'
import { progressBar } from './progress.ts'
import { forgetUnfinished, readUnfinished, unfinishedFile, writeUnfinished } from './unfinished.ts'

/** Exit codes: 0 all lines imported, 2 some refused and the rest imported; 1, below, stopped before the end. */
async function run({ file, mapping, to, pageSize, resume }: ImportArguments): Promise<number> {
  const state = await unfinishedFile(file, mapping, pageSize, to)
  const unfinished = await readUnfinished(state)
  if (resume && !unfinished) {
    throw new Error('There is nothing to resume for this file with this mapping, page size, service and account')
  }
  if (unfinished && !resume) {
    console.error('An earlier import of this file was interrupted; this one starts over (--resume would have gone on)')
  }
  const begin = (resume && unfinished) || { run: randomUUID(), ...nothingYet }
  await writeUnfinished(state, begin)

  const bar = progressBar(process.stderr)
  let { pages } = begin
  const { counts, refused } = await importFile({
    file,
    mapping,
    to,
    pageSize,
    run: begin.run,
    begin,
    onRefused: ({ line, reason }) => {
      bar.clear()
      console.error(`line ${line}: ${reason}`)
    },
    onPage: async (soFar, progress) => {
      pages = soFar.pages
      await writeUnfinished(state, { run: begin.run, ...soFar })
      bar.draw(progress)
    },
  }).catch(async (error) => {
    bar.clear()
    // What failed before anything was sent is begun anew, not resumed.
    if (pages === 0 && !(error instanceof Unanswered)) await forgetUnfinished(state)
    throw error
  })
  bar.clear()
  await forgetUnfinished(state)

  if (refused > 0)
    console.error(`${refused} ${refused === 1 ? 'line was' : 'lines were'} refused, the rest is imported`)
  console.log(`observed ${counts.observed}, restated ${counts.restated}, unchanged ${counts.unchanged}`)
  return refused > 0 ? 2 : 0
}

try {
  const args = await readArguments(process.argv.slice(2), readEnvironment())
  if (args) process.exitCode = await run(args)
  else process.stdout.write(help)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof Unanswered) console.error('What was answered is kept; run it again with --resume to go on.')
  process.exitCode = 1
}
