import { serve } from './grpc/server.ts'
import { openStore } from './store/store.ts'

export type Config = {
  /** The folder of the data file; made when it is not there. */
  readonly data: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

export type RunningNode = { readonly port: number; readonly stop: () => Promise<void> }

/**
 * Starts an event store node: it answers as soon as this resolves.
 * Throws UnusableFolder (in use, corrupt, foreign or of a newer format) or PortTaken.
 */
export const start = async ({ data, host, port }: Config): Promise<RunningNode> => {
  const store = openStore(data)
  try {
    const server = await serve(store, host, port)
    const stop = async (): Promise<void> => {
      await server.stop()
      store.close()
    }
    return { port: server.port, stop }
  } catch (error) {
    store.close()
    throw error
  }
}
