/** Debian's Prometheus with the shipped configuration, beside a system that runs on this machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { debianPackage } from '../embedded/bootstrap/debian.mjs'
import { Problem } from '../embedded/bootstrap/problem.mjs'
import { freePort } from '../embedded/ports.ts'
import type { State } from '../embedded/supervisor/state.ts'

const host = '127.0.0.1'
const readyWithinMs = 30_000
export const shipped = fileURLToPath(new URL('.', import.meta.url))

export type Programs = { readonly prometheus: string; readonly promtool: string; readonly exporter: string }

/** Fetches Prometheus and its exporter of the machine's figures into the user's cache. @throws Problem */
export async function programs(waitFor: (what: string) => void): Promise<Programs> {
  const [server, exporter] = await Promise.all(
    ['prometheus', 'prometheus-node-exporter'].map((name) => debianPackage(name, waitFor)),
  )
  const binary = (folder: string | undefined, name: string) => path.join(folder ?? '', 'usr', 'bin', name)
  return {
    prometheus: binary(server, 'prometheus'),
    promtool: binary(server, 'promtool'),
    exporter: binary(exporter, 'prometheus-node-exporter'),
  }
}

export type Target = { readonly process: string; readonly port: number }

/** Our processes of a system that `npm start` or a test runs. Any port of a process tells the figures of all its units. */
export function targetsOf({ parts }: State): Target[] {
  return ['flow', 'edge'].map((process) => {
    const [port] = parts[process]?.ports ?? []
    if (port === undefined) throw new Problem(`${process} does not run: "npm start" starts it.`)
    return { process, port }
  })
}

export type Running = { readonly url: string; readonly stop: () => Promise<void> }

/**
 * @param folder where it keeps its configuration and its figures
 * @throws Problem when it does not start
 */
export async function startPrometheus(
  { prometheus, exporter }: Programs,
  folder: string,
  targets: readonly Target[],
): Promise<Running> {
  const [port, exporterPort] = [await freePort(), await freePort()]
  await mkdir(path.join(folder, 'targets'), { recursive: true })
  for (const file of ['prometheus.yml', 'rules.yml']) await cp(path.join(shipped, file), path.join(folder, file))
  const groups = [...targets, { process: 'host', port: exporterPort }].map((target) => ({
    targets: [`${host}:${target.port}`],
    labels: { process: target.process },
  }))
  // JSON is YAML.
  await writeFile(path.join(folder, 'targets', 'running.yml'), JSON.stringify(groups))

  const children = [
    start(exporter, [
      `--web.listen-address=${host}:${exporterPort}`,
      '--log.level=error',
      // What the rules and the dashboard ask of it; the other collectors want more of a machine than every one has.
      '--collector.disable-defaults',
      '--collector.filesystem',
    ]),
    start(prometheus, [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${host}:${port}`,
      '--log.level=error',
    ]),
  ]
  const stop = async () => {
    await Promise.all(children.map(ended))
  }
  const url = `http://${host}:${port}`
  try {
    await untilReady(url, children)
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** It ends with this process, however that ends. */
const start = (program: string, args: readonly string[]) =>
  spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

async function untilReady(url: string, children: readonly ChildProcess[]): Promise<void> {
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await pause(100)) {
    const failed = children.find(({ exitCode }) => exitCode !== null)
    if (failed)
      throw new Problem(`Prometheus ended with exit code ${failed.exitCode} while starting; its last line says why.`)
    const answer = await fetch(`${url}/-/ready`).catch(() => null)
    if (answer?.ok) return
  }
  throw new Problem(`Prometheus gave no answer at ${url} within ${readyWithinMs / 1000} s.`)
}
