/** `npm run trace -- <id>`: how far a command has come, from what is stored anyway; no collector is needed. */
import { connectPostgres, liveGeneration } from '@bizosaas/databases'
import { connectEventStore } from '@bizosaas/event-store'
import { InvalidSettings, readEnvironment, readSettings } from '@bizosaas/runtime'
import { giveUp, Problem } from '../../embedded/bootstrap/problem.mjs'
import { dataFolderOf } from '../../embedded/bring-up.ts'
import { root } from '../../embedded/paths.ts'
import { readState } from '../../embedded/supervisor/state.ts'
import { findCommand } from './find.ts'
import { printStory } from './print.ts'
import { wayOf } from './story.ts'

const help = `npm run -s trace -- <id>

Prints the way of a command: received, appended, published, applied by each model, with instants and ids.

  <id>   the command's id, which its answer has as X-Command-Id; or the id of an event, a request or a trace.
         History is read for it: the last hour first, then the last day, then all.
         A consistency token, or a stream (its last command), leads to the place at once.

It asks the system that "npm start" runs here, or the one whose addresses are set: KURRENTDB_URL, POSTGRES_QUERY_URL.
When exactly a model applied an event is known until its checkpoint moves on; the traces of a collector
(OTEL_EXPORTER_OTLP_ENDPOINT) keep it.
`

/** The settings of the environment, over those of the system that runs on the data folder. */
function settingsHere() {
  const given = readEnvironment(root)
  const { BIZOSAAS_DATA_DIR } = readSettings(['BIZOSAAS_DATA_DIR'], given)
  const folder = dataFolderOf(BIZOSAAS_DATA_DIR)
  const running = readState(folder)?.settings
  if (running === undefined && !given.POSTGRES_QUERY_URL)
    throw new Problem(
      `Nothing ran on ${folder} yet: "npm start" starts it, or set KURRENTDB_URL and POSTGRES_QUERY_URL.`,
    )
  return readSettings(['KURRENTDB_URL', 'POSTGRES_QUERY_URL', 'TOPIC_GENERATION'], { ...running, ...given })
}

async function trace(what: string): Promise<string> {
  const settings = settingsHere()
  const store = connectEventStore(settings.KURRENTDB_URL)
  const db = connectPostgres(settings.POSTGRES_QUERY_URL, { name: 'trace', connections: 2, statementTimeoutMs: 15_000 })
  try {
    const generation = await liveGeneration(db, settings.TOPIC_GENERATION)
    const events = await findCommand(store, db, generation, what)
    if (events.length === 0)
      throw new Problem(
        `No event names ${what}: a command that was refused, or changed nothing, records none; the log has it.`,
      )
    const ways = []
    for (const event of events) ways.push(await wayOf(db, generation, event))
    return printStory(ways)
  } finally {
    await Promise.all([store.close(), db.close()])
  }
}

try {
  const [what = '--help'] = process.argv.slice(2)
  process.stdout.write(what === '--help' ? help : `${await trace(what)}\n`)
} catch (error) {
  const isAway = error instanceof Error && 'code' in error && error.code === 'store-unavailable'
  giveUp(isAway || error instanceof InvalidSettings ? new Problem(error.message) : error)
}
