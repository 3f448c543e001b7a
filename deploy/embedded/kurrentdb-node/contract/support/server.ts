/** The server that the contract suite runs against. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { KurrentDBClient } from '@kurrent/kurrentdb-client'
import { spawnNode } from '../../spawn.ts'
import { startContainer } from './container.ts'

export type ContractServer = { readonly url: () => string; readonly client: () => KurrentDBClient }

type Running = { readonly url: string; readonly stop: () => Promise<unknown> }

/**
 * The server that CONTRACT_KURRENTDB_URL names; else, with CONTRACT_KURRENTDB_IMAGE, a real KurrentDB in a container; else a
 * node of this folder on a free port with an empty folder. Never the one of a running system, for the suite deletes and
 * tombstones streams. Tests may share it, so they use streams of their own.
 */
export const useServer = (): ContractServer => {
  let running: Running
  let client: KurrentDBClient
  beforeAll(async () => {
    running = await startServer()
    client = connect(running.url)
  }, 60_000)
  afterAll(async () => {
    await client.dispose()
    await running.stop()
  })
  return { url: () => running.url, client: () => client }
}

/** A client of its own. The first read would wait half a second for discovery by default. */
export const connect = (url: string): KurrentDBClient =>
  KurrentDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}discoveryInterval=5`)

const startServer = async (): Promise<Running> => {
  const { CONTRACT_KURRENTDB_URL: url, CONTRACT_KURRENTDB_IMAGE: image } = process.env
  if (url) return { url, stop: async () => {} }
  if (image) return startContainer(image)
  const folder = await mkdtemp(join(tmpdir(), 'kurrentdb-contract-'))
  const node = await spawnNode(folder)
  const stop = async (): Promise<void> => {
    await node.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: node.url, stop }
}
