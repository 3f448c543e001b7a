/**
 * A long history, made once and kept: appended to the event store, published by the relay. What follows it needs Kafka, the
 * registry and the databases alone.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '@bizosaas/embedded/paths.ts'
import { connectEventStore } from '@bizosaas/event-store'
import { openGenerations } from '../lib/generations.ts'
import { type History, type Shape, survey } from '../lib/history.ts'
import { openParts, type Parts } from '../lib/parts.ts'
import { startWorker } from '../lib/worker.ts'

export const partitions = 12
/** Every second event is a page of figures with so many rows, as a sync of an hour brings them. */
export const rowsOfPage = 2
/** Processes that append: one core makes fewer events than the event store takes. */
const appenders = 2
const publishedWithinMs = 3 * 60 * 60_000

export type KeptHistory = History & { readonly generation: string }

/** Parts on a folder that is kept, with the history in them. The event store is not running any more. */
export const openHistory = async (
  events: number,
  print: (line: string) => void,
): Promise<{ readonly parts: Parts; readonly settings: Record<string, string>; readonly history: KeptHistory }> => {
  const folder = join(root, '.data', `bench-rebuild-${events}`)
  const note = join(folder, 'history.json')
  const found = await readFile(note, 'utf8').catch(() => null)
  if (found === null) await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const parts = await openParts(print, folder)
  await parts.start('kafka', 'schema-registry', 'postgres', 'clickhouse', 'valkey')
  await parts.migrate()
  const settings = { ...parts.settings, TOPIC_PARTITIONS: String(partitions) }
  if (found !== null) return { parts, settings, history: JSON.parse(found) }

  await parts.start('kurrentdb')
  const history = await makeHistory(events, settings, print)
  await parts.stop('kurrentdb')
  await writeFile(note, JSON.stringify(history))
  return { parts, settings, history }
}

const makeHistory = async (
  events: number,
  settings: Record<string, string>,
  print: (line: string) => void,
): Promise<KeptHistory> => {
  const url = settings.KURRENTDB_URL ?? ''
  const generation = 'g1'
  const relay = startWorker<string | null, number>(new URL('../relay/relay.ts', import.meta.url), settings)
  await relay.run(generation)
  print(`Appending ${events} events, and publishing them …`)
  const start = performance.now()
  const shape: Shape = {
    events: events / appenders,
    eventsForOneDay: 2,
    rowsOfDay: rowsOfPage,
    accounts: Math.max(400, Math.ceil(events / 1_000)),
    campaignsAtOnce: 20_000 / appenders,
    streamsAtOnce: 100,
    writers: 3,
  }
  const workers = Array.from({ length: appenders }, () =>
    startWorker<{ url: string; shape: Shape }, void>(new URL('./append.ts', import.meta.url)),
  )
  await Promise.all(workers.map((worker) => worker.run({ url, shape })))
  await Promise.all(workers.map((worker) => worker.stop()))
  print(`Appended after ${Math.round((performance.now() - start) / 1_000)} s.`)
  const store = connectEventStore(url)
  const head = await store.head()
  const found = await survey(store)
  await store.close()
  await openGenerations(settings).published(generation, Math.min(head, found.lastPosition), publishedWithinMs)
  print(`Published after ${Math.round((performance.now() - start) / 1_000)} s.`)
  await relay.run(null)
  await relay.stop()
  return { ...found, generation }
}
