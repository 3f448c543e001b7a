import { CannotStart, readSettings } from '@bizosaas/runtime'
import { forget } from './forget.ts'
import { connect, reseedSettings } from './reseed.ts'
import type { Model } from './stale.ts'

const help = `Drops a read model with its checkpoints; the runners make it again from the topics, from their beginning.
docs/operating/stores.md says when that is the way out. Queries are told that it is not built yet, and then see it grow.

  npm run rebuild -- <model>     campaign-list, for example; GET /v1/projections names them
`

/** @throws CannotStart, InvalidSettings */
export async function rebuildCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const [name, ...more] = args
  if (name === '--help') {
    process.stdout.write(help)
    return
  }
  if (name === undefined || name.startsWith('-') || more.length > 0)
    throw new CannotStart('Name one read model; "npm run rebuild -- --help" tells more.')
  const { db, clickhouse, close } = await connect(readSettings(reseedSettings, environment))
  try {
    const versions = await db.query<Model>(
      `SELECT model, version FROM read_model.checkpoint WHERE model = $1
       UNION SELECT model, version FROM read_model.live_version WHERE model = $1`,
      [name],
    )
    if (versions.length === 0) throw new CannotStart(`There is no read model ${name}; GET /v1/projections names them.`)
    for (const version of versions) await db.transaction((tx) => forget(tx, clickhouse, version))
    console.log(`${name} is dropped; runners make it again from the topics.`)
  } finally {
    await close()
  }
}
