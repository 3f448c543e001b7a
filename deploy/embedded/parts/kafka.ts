import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { host } from '../addresses.ts'
import { toolchain } from '../paths.ts'
import { ask } from './ask.ts'
import { java } from './java.ts'
import type { Part, Place } from './part.ts'
import { runToEnd } from './run-to-end.ts'

/** Apache Kafka as one node that is broker and controller (KRaft). */
export function kafka({ folder, ports }: Place): Part {
  const properties = path.join(folder, 'server.properties')
  const logging = path.join(folder, 'log4j2.properties')
  const program = [...java(512), `-Dlog4j2.configurationFile=${logging}`, '-cp', `${toolchain('kafka')}/*`]
  return {
    name: 'kafka',
    title: 'Kafka',
    ports: ['KAFKA_PORT', 'KAFKA_CONTROLLER_PORT'],
    prepare: async () => {
      await writeFile(logging, loggingProperties)
      await writeFile(
        properties,
        serverProperties(ports.KAFKA_PORT, ports.KAFKA_CONTROLLER_PORT, path.join(folder, 'data')),
      )
      await format(program, folder, ports.KAFKA_CONTROLLER_PORT)
    },
    command: [...program, 'kafka.Kafka', properties],
    probe: (signal) => askForVersions(ports.KAFKA_PORT, signal),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 20_000,
    damaged:
      /meta\.properties|CorruptRecordException|InconsistentClusterId|Invalid cluster\.id|is not a valid metadata version/i,
  }
}

/** Formatting is done beside and renamed, so that an interrupted one is repeated. */
async function format(program: readonly string[], folder: string, controllerPort: number): Promise<void> {
  const data = path.join(folder, 'data')
  if (existsSync(data)) return
  const fresh = path.join(folder, 'data.new')
  const properties = path.join(folder, 'format.properties')
  await rm(fresh, { recursive: true, force: true })
  await writeFile(properties, serverProperties(0, controllerPort, fresh))
  await runToEnd([...program, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties])
  await rm(properties)
  await rename(fresh, data)
}

/** A Kafka Uuid: 16 bytes in base64url; must not begin with a dash. */
function clusterId(): string {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return bytes.toString('base64url')
}

const serverProperties = (port: number, controllerPort: number, data: string) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${host}:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
`

const loggingProperties = `appenders=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %m (%c{1})%n
rootLogger.level=warn
rootLogger.appenderRefs=console
rootLogger.appenderRef.console.ref=console
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`

/**
 * ApiVersions (key 18, version 0): answered only by a broker that is registered and takes requests.
 * Request: int32 size, int16 key, int16 version, int32 correlation id, nullable client id; the answer begins with size and correlation id.
 */
function askForVersions(port: number, signal: AbortSignal): Promise<void> {
  const correlationId = 7
  const request = Buffer.alloc(14)
  request.writeInt32BE(10, 0)
  request.writeInt16BE(18, 4)
  request.writeInt16BE(0, 6)
  request.writeInt32BE(correlationId, 8)
  request.writeInt16BE(-1, 12)
  return ask(port, request, (answer) => answer.length >= 8 && answer.readInt32BE(4) === correlationId, signal)
}
