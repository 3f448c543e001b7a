import path from 'node:path'
import { host } from '../addresses.ts'
import { toolchain } from '../paths.ts'
import { java } from './java.ts'
import type { Part, Place } from './part.ts'

/** Apicurio Registry, which speaks the Confluent API, over an H2 file. */
export function schemaRegistry({ folder, ports }: Place): Part {
  const h2 = `jdbc:h2:file:${path.join(folder, 'registry')}`
  const settings = {
    'quarkus.http.host': host,
    'quarkus.http.port': String(ports.SCHEMA_REGISTRY_PORT),
    'registry.datasource.url': h2,
    'quarkus.datasource.jdbc.url': h2,
  }
  const flags = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)
  const jar = path.join(toolchain('schema-registry'), 'apicurio-registry-app-2.6.13.Final-runner.jar')
  return {
    name: 'schema-registry',
    title: 'Schema registry',
    ports: ['SCHEMA_REGISTRY_PORT'],
    prepare: async () => {},
    command: [...java(256), ...flags, '-jar', jar],
    probe: async (signal) => {
      const answer = await fetch(`http://${host}:${ports.SCHEMA_REGISTRY_PORT}/apis/ccompat/v7/subjects`, { signal })
      if (!answer.ok) throw new Error(`GET /subjects answers ${answer.status}`)
      await answer.json()
    },
    readyWithinMs: 90_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
    damaged: /file corrupted|MVStoreException|Unsupported database file version/i,
  }
}
