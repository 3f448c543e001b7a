/** The event store: one SQLite file, written by one process. It knows nothing of gRPC. */

import { writer } from './append.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import { type Head, streamHeads } from './heads.ts'
import { openDatabase } from './open.ts'
import { type Reader, reader } from './read.ts'
import { recentIds } from './recent-ids.ts'

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
  const write = writer(database, heads, recentIds())
  return {
    ...reader(database),
    ...groupCommit(write),
    streamHead: heads.of,
    head: write.head,
    close: () => database.close(),
  }
}
