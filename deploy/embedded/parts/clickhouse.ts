import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { database, host } from '../addresses.ts'
import { configuration } from '../clickhouse/configuration.ts'
import { makeSystemDatabase } from '../clickhouse/system-database.ts'
import { bootStatements, usersFile } from '../clickhouse/users.ts'
import { toolchain } from '../paths.ts'
import { writeSecret } from '../secrets.ts'
import type { Part, Place } from './part.ts'

const launcher = fileURLToPath(new URL('../clickhouse/launch.ts', import.meta.url))

/** ClickHouse's own engine and HTTP server, run out of libchdb (see ../clickhouse/launch.ts). */
export function clickhouse({ folder, ports, secrets }: Place): Part {
  const data = path.join(folder, 'data')
  const configFile = path.join(folder, 'config.xml')
  return {
    name: 'clickhouse',
    title: 'ClickHouse',
    ports: ['CLICKHOUSE_HTTP_PORT'],
    prepare: async () => {
      await mkdir(data, { recursive: true })
      await makeSystemDatabase(data)
      await writeFile(configFile, configuration(folder, ports.CLICKHOUSE_HTTP_PORT))
      writeSecret(path.join(folder, 'users.xml'), usersFile(secrets.clickhouse))
    },
    command: [
      process.execPath,
      launcher,
      path.join(toolchain('clickhouse'), 'package/libchdb.so'),
      `--config-file=${configFile}`,
      `--path=${data}`,
      '--query',
      bootStatements.join('; '),
    ],
    probe: async (signal) => {
      const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': secrets.clickhouse.admin }
      const body = `CREATE DATABASE IF NOT EXISTS ${database}`
      const answer = await fetch(`http://${host}:${ports.CLICKHOUSE_HTTP_PORT}/`, {
        method: 'POST',
        headers,
        body,
        signal,
      })
      if (!answer.ok) throw new Error(await answer.text())
      await answer.text()
    },
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 20_000,
    damaged: /CANNOT_PARSE|CORRUPTED_DATA|ATTEMPT_TO_READ_AFTER_EOF|broken data part|UNKNOWN_FORMAT_VERSION/i,
  }
}
