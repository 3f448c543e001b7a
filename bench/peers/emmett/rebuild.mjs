/**
 * Emmett's own rebuild of a list of campaigns, by the projection that its documentation shows: raw SQL for each event. It takes
 * tasks from the process that started it, and runs where its packages are installed.
 */
import { SQL } from '@event-driven-io/dumbo'
import {
  getPostgreSQLEventStore,
  postgreSQLRawSQLProjection,
  rebuildPostgreSQLProjections,
} from '@event-driven-io/emmett-postgresql'
import pg from 'pg'

const { POSTGRES_URL: connectionString } = process.env
const pool = new pg.Pool({ connectionString, max: 10 })
const store = getPostgreSQLEventStore(connectionString, {
  schema: { autoMigration: 'None' },
  connectionOptions: { pooled: true, pool },
})
await store.schema.migrate()

/** Events of one stream follow each other, those of different streams do not wait. */
const append = async (events) => {
  await pool.query('TRUNCATE emt_messages, emt_streams, emt_processors, emt_projections')
  const streams = Map.groupBy(events, ({ stream }) => stream)
  const lanes = Array.from({ length: 10 }, () => [])
  for (const [n, stream] of [...streams.keys()].entries()) lanes[n % lanes.length].push(stream)
  await Promise.all(
    lanes.map(async (lane) => {
      // In turns, so that streams interleave as they do in life.
      for (let turn = 0, left = true; left; turn++) {
        left = false
        for (const stream of lane) {
          const event = streams.get(stream)[turn]
          if (event === undefined) continue
          left = true
          await store.appendToStream(stream, [{ type: event.type, data: event.data }])
        }
      }
    }),
  )
  return {}
}

const evolve = ({ type, data }) => {
  const id = data.campaignId
  if (type === 'CampaignCreated')
    return SQL`INSERT INTO emmett_campaigns (id, name, state, events) VALUES (${id}, ${data.name}, ${'draft'}, 1)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = excluded.state, events = 1`
  if (type === 'CampaignRenamed')
    return SQL`UPDATE emmett_campaigns SET name = ${data.name}, events = events + 1 WHERE id = ${id}`
  return SQL`UPDATE emmett_campaigns SET state = ${type}, events = events + 1 WHERE id = ${id}`
}

/** A second rebuild under the same name finds its checkpoint at the end and does nothing, so each has a name of its own. */
const rebuild = async ({ name, types }) => {
  await pool.query('DROP TABLE IF EXISTS emmett_campaigns')
  await pool.query('CREATE TABLE emmett_campaigns (id text PRIMARY KEY, name text, state text, events int)')
  const projection = postgreSQLRawSQLProjection({ name, canHandle: types, evolve })
  const consumer = rebuildPostgreSQLProjections({ connectionString, projections: [projection] })
  const start = performance.now()
  await consumer.start()
  const seconds = (performance.now() - start) / 1_000
  await consumer.close()
  const { rows } = await pool.query('SELECT coalesce(sum(events), 0)::int AS events FROM emmett_campaigns')
  return { seconds, events: rows[0].events }
}

process.on('message', async (task) => {
  try {
    process.send(task.events === undefined ? await rebuild(task) : await append(task.events))
  } catch (error) {
    process.send({ error: String(error.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit())
process.send({})
