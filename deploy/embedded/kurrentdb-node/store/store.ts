/** The event store: one SQLite file, written by one process. It knows nothing of gRPC. */
import { randomUUID } from 'node:crypto'
import { METADATA_TYPE, type Write, writer } from './append.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import { type Head, metadataStreamOf, streamHeads } from './heads.ts'
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

/** As on a real server, `$all` begins with a system event: whoever reads it has to expect some. */
const FIRST_WRITE: Write = {
  type: 'append',
  writes: [
    {
      stream: metadataStreamOf('$stats-kurrentdb-node'),
      expected: 'no-stream',
      events: [
        {
          id: randomUUID(),
          type: METADATA_TYPE,
          json: true,
          data: Buffer.from('{"$maxAge":86400}'),
          metadata: Buffer.alloc(0),
        },
      ],
    },
  ],
}

/** Opens the store in a folder. Throws UnusableFolder. */
export const openStore = (folder: string): Store => {
  const database = openDatabase(folder)
  const heads = streamHeads(database)
  const write = writer(database, heads, recentIds())
  if (write.head() === 0) write.commit([FIRST_WRITE])
  return {
    ...reader(database),
    ...groupCommit(write),
    streamHead: heads.of,
    head: write.head,
    close: () => database.close(),
  }
}
