/** Starts a node as its own process and waits until it is ready, for tests and measurements. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type SpawnedNode = {
  readonly url: string
  readonly process: ChildProcess
  /** Sends a signal and waits until the process is gone; answers its exit code, null when the signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

/**
 * Port 0 takes a free one. `through` is a command that runs the node, for example with a limit on its files.
 * Throws with what the process printed when it ends before it is ready.
 */
export const spawnNode = async (data: string, port = 0, through: readonly string[] = []): Promise<SpawnedNode> => {
  const [command = '', ...args] = [...through, process.execPath, MAIN, '--data', data, '--port', String(port)]
  const child = spawn(command, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const line = new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const first = await Promise.race([line, ended])
  if (typeof first !== 'string') throw new Error(complaint.trim() || `the node ended with exit code ${first}`)
  const { url } = JSON.parse(first) as { url: string }
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return { url, process: child, stop }
}
