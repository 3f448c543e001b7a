/** The processes that the tests kill, suspend and start again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { RelayConfig } from '../start.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The embedded event store on a port of its own (0: any), ready when this resolves. */
export const startNode = async (data: string, port: number) => {
  const main = join(root, 'deploy/embedded/kurrentdb-node/main.ts')
  const child = spawn(process.execPath, [main, '--data', data, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { url: string }
    return { url: ready.url, port: Number(new URL(ready.url).port), kill: () => killed(child) }
  }
  throw new Error('the event store did not start')
}

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** The relay as a process of its own, so that it can be killed and suspended. */
export const relayProcess = (config: RelayConfig) => {
  const env = Object.fromEntries(Object.entries(config).map(([name, value]) => [name, String(value)]))
  const child = spawn(process.execPath, [join(root, 'streams/relay/main.ts')], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return {
    output: () => output,
    ended: new Promise<number | null>((resolve) => child.once('exit', resolve)),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    kill: () => killed(child),
  }
}

/** Waits for a condition. @throws when it does not come true in time */
export const until = async (condition: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> => {
  const end = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not true within ${limitMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
