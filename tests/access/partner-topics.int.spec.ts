/** A cluster that refuses what nobody allowed, and a partner on it: Kafka itself is asked, and no service is in between. */
import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parts } from '@bizosaas/embedded/parts/index.ts'
import { freePort, freePorts } from '@bizosaas/embedded/ports.ts'
import { readSecrets } from '@bizosaas/embedded/secrets.ts'
import { startChild } from '@bizosaas/embedded/supervisor/child.ts'
import { openLogFile } from '@bizosaas/embedded/supervisor/log-file.ts'
import { untilReady } from '@bizosaas/embedded/supervisor/ready.ts'
import { connectKafka, grant, type KafkaCluster, revoke } from '@bizosaas/kafka'
import { TenantId } from '@bizosaas/schemas'
import { grantsOfPartner, partnerPrefix } from '@bizosaas/streams/partners/grants.ts'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Kafka, logLevel } from 'kafkajs'
import { until } from '../flow/until.ts'

const [ours, theirs] = [TenantId.parse(randomUUID()), TenantId.parse(randomUUID())]
const [oursTopic, theirsTopic] = [ours, theirs].map((tenantId) => `${partnerPrefix(tenantId)}campaigns`)
const topics = [oursTopic, theirsTopic, 'events.g1'] as string[]
const grants = grantsOfPartner(ours, 'User:acme')

const undo: (() => Promise<unknown>)[] = []
/** As who runs the cluster. */
let cluster: KafkaCluster
/** As the partner. */
let acme: Kafka

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bizosaas-acls-'))
  undo.push(() => rm(folder, { recursive: true, force: true }))
  const ports = await freePorts()
  const partnerPort = await freePort()
  const place = join(folder, 'kafka')
  await mkdir(place)
  const part = parts.kafka?.({ folder: place, ports, secrets: readSecrets(folder) })
  if (part === undefined) throw new Error('There is no Kafka.')
  await part.prepare()
  const own = `PLAINTEXT://127.0.0.1:${ports.KAFKA_PORT}`
  const partners = `PARTNERS://127.0.0.1:${partnerPort}`
  await appendFile(
    join(place, 'server.properties'),
    `listeners=${own},CONTROLLER://127.0.0.1:${ports.KAFKA_CONTROLLER_PORT},${partners}
advertised.listeners=${own},${partners}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PARTNERS:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.partners.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_acme="of acme";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:ANONYMOUS
`,
  )
  const log = openLogFile(join(folder, 'kafka.log'))
  const child = startChild(part, folder, log)
  undo.unshift(() => child.stop())
  await untilReady(part, child, log)

  cluster = connectKafka({ brokers: [`127.0.0.1:${ports.KAFKA_PORT}`], clientId: 'test' })
  acme = new Kafka({
    brokers: [`127.0.0.1:${partnerPort}`],
    clientId: 'acme',
    sasl: { mechanism: 'plain', username: 'acme', password: 'of acme' },
    // The first group of a cluster waits for the topic of its offsets; what is refused is not tried again.
    retry: { initialRetryTime: 200, retries: 8 },
    logLevel: logLevel.NOTHING,
  })
  const admin = cluster.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions: 1 })) })
  await admin.disconnect()
  const producer = cluster.producer()
  await producer.connect()
  for (const topic of topics) await producer.send({ topic, messages: [{ value: `of ${topic}` }] })
  await producer.disconnect()
}, 120_000)
afterAll(async () => {
  for (const step of undo) await step()
}, 60_000)

/** What the partner reads first of a topic. @throws what the cluster says */
async function read(topic: string, groupId = `${partnerPrefix(ours)}sync-${randomUUID()}`): Promise<string> {
  const consumer = acme.consumer({
    groupId,
    // The first group of a cluster may come before its coordinator is ready.
    retry: { initialRetryTime: 200, retries: 8, restartOnFailure: async ({ message }) => /is loading/.test(message) },
  })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    return await new Promise((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload: { error, restart } }) => restart || reject(error))
      consumer
        .run({ eachMessage: async ({ message }) => resolve(String(message.value)) })
        .catch((error: Error) => reject(error))
    })
  } finally {
    await consumer.disconnect()
  }
}

const asAdmin = async <Answer>(ask: (admin: ReturnType<Kafka['admin']>) => Promise<Answer>): Promise<Answer> => {
  const admin = acme.admin()
  await admin.connect()
  try {
    return await ask(admin)
  } finally {
    await admin.disconnect()
  }
}

const send = async (topic: string) => {
  const producer = acme.producer()
  await producer.connect()
  try {
    await producer.send({ topic, messages: [{ value: 'forged' }] })
  } finally {
    await producer.disconnect()
  }
}

const refused = /authoriz/i

test('a partner reads the topics of its tenant as soon as it may, and no more when that is taken back', async () => {
  await expect(read(oursTopic as string)).rejects.toThrow(refused)
  await grant(cluster, grants)
  await until(
    'the partner sees its topics',
    10_000,
    async () => (await asAdmin((admin) => admin.listTopics())).length > 0,
  )
  expect(await read(oursTopic as string)).toBe(`of ${oursTopic}`)
  expect(await asAdmin((admin) => admin.listTopics())).toEqual([oursTopic])

  await revoke(cluster, grants)
  await until(
    'the partner sees nothing',
    10_000,
    async () => (await asAdmin((admin) => admin.listTopics())).length === 0,
  )
  await expect(read(oursTopic as string)).rejects.toThrow(refused)
}, 60_000)

test('a partner reads nothing of another tenant, nothing internal, and writes and changes nothing', async () => {
  await grant(cluster, grants)
  await until(
    'the partner sees its topics',
    10_000,
    async () => (await asAdmin((admin) => admin.listTopics())).length > 0,
  )
  await expect(read(theirsTopic as string)).rejects.toThrow(refused)
  await expect(read('events.g1')).rejects.toThrow(refused)
  // Of a group that it may not join the client says only that nobody coordinates it.
  await expect(read(oursTopic as string, `${partnerPrefix(theirs)}sync`)).rejects.toThrow('group coordinator')
  await expect(send(oursTopic as string)).rejects.toThrow(refused)
  await expect(asAdmin((admin) => admin.createTopics({ topics: [{ topic: `${oursTopic}-2` }] }))).rejects.toMatchObject(
    { errors: [{ type: 'TOPIC_AUTHORIZATION_FAILED' }] },
  )
  await expect(asAdmin((admin) => admin.deleteTopics({ topics: [oursTopic as string] }))).rejects.toThrow(refused)
  await expect(asAdmin((admin) => admin.listGroups())).resolves.toMatchObject({
    groups: expect.not.arrayContaining([expect.objectContaining({ groupId: expect.stringContaining(theirs) })]),
  })
}, 60_000)
