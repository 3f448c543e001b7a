/** The event store: one SQLite file, written by one process. It knows nothing of gRPC. */
import { metadataEvent, writer } from './append.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import { type Head, metadataStreamOf, streamHeads } from './heads.ts'
import { openLog } from './log.ts'
import { openDatabase } from './open.ts'
import { type Reader, reader } from './read.ts'

export type Store = Reader &
  GroupCommit & {
    /** The stream's end and limits as of now. */
    readonly streamHead: (stream: string) => Head
    /** The position of the last event, 0 when there is none. */
    readonly head: () => number
    readonly close: () => void
  }

/** Opens the store in a folder. Throws UnusableFolder. */
export const openStore = (folder: string): Store => {
  const database = openDatabase(folder)
  const heads = streamHeads(database)
  const log = openLog(database, heads)
  if (log.head() === 0) log.transaction(() => log.put(heads.of(FIRST_STREAM), metadataEvent('{"$maxAge":86400}')))
  return {
    ...reader(database),
    ...groupCommit(log, writer(log, heads)),
    streamHead: heads.of,
    head: log.head,
    close: () => database.close(),
  }
}

/** As on a real server, `$all` begins with a system event: whoever reads it has to expect some. */
const FIRST_STREAM = metadataStreamOf('$stats-kurrentdb-node')
