/**
 * Schemas in the registry. The subject is the record's full name, because a topic holds many types
 * (RecordNameStrategy), and every version of a subject must be readable by every other one (FULL_TRANSITIVE).
 */
import { setTimeout as wait } from 'node:timers/promises'
import { avroSchema, type EventType, eventTypes, isEventType, schemaOf } from '@bizosaas/schemas'
import { SchemaRegistry as Client, COMPATIBILITY, SchemaType } from '@kafkajs/confluent-schema-registry'

/** What a schema id stands for. */
export type SchemaName = { readonly type: EventType; readonly version: number }

export type SchemaRegistry = {
  /** Registers every version of every type that this release knows. Idempotent. */
  readonly registerAll: () => Promise<void>
  /** The id of a schema that was registered by `registerAll`. */
  readonly idOf: (type: EventType, version: number) => number
  /** Asks for the ids that are not known yet, so that `nameOf` can answer. Each is asked once. */
  readonly learn: (ids: Iterable<number>) => Promise<void>
  /** What an id stands for; null when it is no schema of this release, or was not learnt. */
  readonly find: (id: number) => SchemaName | null
  /** @throws for an id that was not learnt */
  readonly nameOf: (id: number) => SchemaName
}

/** The registry does not know, or takes for something else, what records were written with: nothing of them may be decoded. */
export class SchemaLost extends Error {
  constructor(what: string, cause?: unknown) {
    super(
      `${what}, although records were written with it: the registry was emptied or restored from another copy; bring back the one that has it, or run "npm run reseed", which writes them anew`,
      { cause },
    )
    this.name = 'SchemaLost'
  }
}

/** What a schema id stood for when records were written with it. */
export type NotedSchema = SchemaName & { readonly id: number }

/** @throws SchemaLost when the registry has forgotten one of the ids, or has given it to another schema */
export const mustMeanTheSame = async (registry: SchemaRegistry, noted: readonly NotedSchema[]): Promise<void> => {
  const ours = noted.filter(({ type, version }) => isEventType(type) && schemaOf(type).versions.includes(version))
  await registry.learn(ours.map(({ id }) => id))
  for (const { id, type, version } of ours) {
    const now = registry.find(id)
    if (now?.type === type && now.version === version) continue
    const instead = now === null ? 'something else' : `${now.type} version ${now.version}`
    throw new SchemaLost(`Schema ${id} of the schema registry is ${instead} and not ${type} version ${version}`)
  }
}

/**
 * Waits until the registry answers.
 *
 * @param url base of the Confluent API, user and password in it if it wants some
 * @throws when it does not answer within a minute
 */
export const connectRegistry = async (url: string): Promise<SchemaRegistry> => {
  const { base, headers, auth } = addressOf(url)
  await untilAnswering(`${base}/subjects`, headers, 60_000)
  const client = new Client({ host: base, ...(auth === null ? {} : { auth }) })
  const ids = new Map<string, number>()
  const names = new Map<number, SchemaName>()

  const remember = (type: EventType, version: number, id: number): void => {
    ids.set(`${type} ${version}`, id)
    names.set(id, { type, version })
  }

  const register = async (type: EventType): Promise<void> => {
    for (const version of schemaOf(type).versions) {
      const { subject, schema } = avroSchema(type, version)
      await setCompatibility(`${base}/config/${encodeURIComponent(subject)}`, headers)
      const { id } = await client.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(schema) },
        { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
      )
      remember(type, version, id)
    }
  }

  /** The registry itself says which of our versions an id is: it compares as it did when they were registered. */
  const learnOne = async (id: number): Promise<void> => {
    const { name } = (await client.getSchema(id).catch((error: { status?: number }) => {
      throw error.status === 404 ? new SchemaLost(`Schema ${id} is not in the schema registry`, error) : error
    })) as { readonly name?: string }
    const type = name?.slice(name.lastIndexOf('.') + 1)
    if (type === undefined || !isEventType(type)) return
    for (const version of schemaOf(type).versions) {
      const { subject, schema } = avroSchema(type, version)
      const known = await client
        .getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: JSON.stringify(schema) })
        .catch((error: { status?: number }) => {
          if (error.status === 404) return null
          throw error
        })
      if (known !== null) remember(type, version, known)
    }
  }

  return {
    async registerAll() {
      for (const type of eventTypes) await register(type)
    },
    idOf(type, version) {
      const id = ids.get(`${type} ${version}`)
      if (id === undefined)
        throw new Error(`${type} has no version ${version} in the schema registry: register it first`)
      return id
    },
    async learn(wanted) {
      for (const id of wanted) if (!names.has(id)) await learnOne(id)
    },
    find: (id) => names.get(id) ?? null,
    nameOf(id) {
      const name = names.get(id)
      if (name === undefined) {
        throw new Error(
          `Schema ${id} is no type or version that this release knows: deploy the release that published it, then try again`,
        )
      }
      return name
    },
  }
}

const contentType = 'application/vnd.schemaregistry.v1+json'

const addressOf = (url: string) => {
  const { username, password, origin, pathname } = new URL(url)
  const auth =
    username === '' ? null : { username: decodeURIComponent(username), password: decodeURIComponent(password) }
  const headers: Record<string, string> = { accept: contentType, 'content-type': contentType }
  if (auth !== null) {
    headers.authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
  }
  return { base: `${origin}${pathname.replace(/\/$/, '')}`, auth, headers }
}

/** The client would set this after the first registration, and only on registries that answer 404 before it. */
const setCompatibility = async (url: string, headers: Record<string, string>): Promise<void> => {
  const compatibility = COMPATIBILITY.FULL_TRANSITIVE
  const current = await fetch(url, { headers })
  if (current.ok && ((await current.json()) as { compatibilityLevel?: string }).compatibilityLevel === compatibility)
    return
  const answer = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ compatibility }) })
  if (!answer.ok) throw new Error(`The schema registry refused PUT ${new URL(url).pathname}: ${await answer.text()}`)
}

const untilAnswering = async (url: string, headers: Record<string, string>, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs
  for (;;) {
    const problem = await fetch(url, { headers, signal: AbortSignal.timeout(5_000) }).then(
      (answer) => (answer.ok ? null : `answers ${answer.status}`),
      (error: Error) => String(error.cause ?? error.message),
    )
    if (problem === null) return
    if (Date.now() > end) {
      throw new Error(
        `The schema registry at ${new URL(url).host} is not usable after ${limitMs / 1_000} s (${problem}): check SCHEMA_REGISTRY_URL and that it runs`,
      )
    }
    await wait(250)
  }
}
