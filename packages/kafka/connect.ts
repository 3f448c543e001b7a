/**
 * The connection to Kafka, in the only folder that knows which client libraries make it: everything else imports
 * `@bizosaas/kafka`, so that they can be replaced here.
 */
import { connect } from 'node:net'
import { log } from '@bizosaas/runtime'
import { type ISocketFactory, Kafka, type LogEntry, logLevel } from 'kafkajs'

/** A cluster to talk to. Opens no connection by itself. */
export type KafkaCluster = Kafka & { readonly brokers: readonly string[]; readonly clientId: string }

/** One partition of one topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number }

/**
 * Names a Kafka cluster.
 *
 * @param brokers `host:port` of some of them, as in `KAFKA_BROKERS`
 * @param clientId what the brokers' logs and quotas call this process
 */
export const connectKafka = (options: {
  readonly brokers: readonly string[]
  readonly clientId: string
}): KafkaCluster => {
  silenceNegativeTimeouts()
  const { brokers, clientId } = options
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry,
    socketFactory,
    logLevel: logLevel.INFO,
    logCreator: () => writeLog,
  })
  return Object.assign(kafka, { brokers, clientId })
}

/** As the client makes it by itself, except that a small request is not held back, by up to 40 ms, for more to send with it. */
const socketFactory: ISocketFactory = ({ host, port, onConnect }) =>
  connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect)

/** About half a minute, once a second: a broker that was killed takes some ten seconds to be let in again. */
export const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 }

/** What the client calls an error is mostly a retry or a rebalance: what fails in the end is thrown, and logged by whoever it stops. */
const writeLog = ({ level, log: entry }: LogEntry): void => {
  const { message, timestamp: _timestamp, stack: _stack, ...facts } = entry
  const write = level <= logLevel.WARN && !isExpected(message) ? 'warn' : 'debug'
  log[write]({ part: 'kafka', ...facts }, message)
}

/** An error in a single response is retried, or thrown; rebalances happen whenever a runner comes or goes. */
const isExpected = (message: string): boolean =>
  message.startsWith('Response ') ||
  message.startsWith('Failed to connect to seed broker') || // said before, as a connection error
  message.includes('rebalancing') ||
  message.includes('The coordinator is not aware of this member')

let silenced = false

/** kafkajs 2.2.4 schedules a check at a negative delay after each request: harmless, but Node 24 warns of it each time it starts. */
const silenceNegativeTimeouts = (): void => {
  if (silenced) return
  silenced = true
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] !== 'TimeoutNegativeWarning') emitWarning(...args)
  }
}
