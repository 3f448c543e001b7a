/**
 * The protocol is not ours: names and numbers in this folder have to be those of the official client. Its package brings no
 * .proto files, but code generated from them, so that code reads what is encoded by our numbers.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'
import { describe, expect, test } from '@jest/globals'
import { BYTES, VARINT, writeBytesField, writeVarintField } from '../wire.ts'

type Field = {
  readonly name: string
  readonly number: number
  readonly label: string
  readonly type: string
  readonly typeName: string
}
type Enum = { readonly name: string; readonly value: readonly { readonly name: string; readonly number: number }[] }
type Message = {
  readonly name: string
  readonly field: readonly Field[]
  readonly nestedType: readonly (Message & { readonly options?: { readonly mapEntry?: boolean } })[]
  readonly enumType: readonly Enum[]
}

const GENERATED = '@kurrent/kurrentdb-client/generated/kurrentdb/protocols'
const packages: Readonly<Record<string, { readonly file: string; readonly generated: string }>> = {
  'event_store.client.streams': { file: 'streams.proto', generated: 'v1/streams' },
  'event_store.client': { file: 'shared.proto', generated: 'v1/shared' },
  'event_store.client.server_features': { file: 'server-features.proto', generated: 'v1/serverfeatures' },
  'google.rpc': { file: 'status.proto', generated: 'v1/status' },
  'kurrentdb.protocol.v2.streams': { file: 'append-session.proto', generated: 'v2/streams/streams' },
  'kurrentdb.protocol.v2.streams.errors': { file: 'append-session-errors.proto', generated: 'v2/streams/errors' },
}

const require = createRequire(import.meta.url)
const load = (path: string): Record<string, unknown> => require(`${GENERATED}/${path}.js`)
const ours = (file: string): PackageDefinition =>
  loadSync(file, { includeDirs: [fileURLToPath(new URL('.', import.meta.url))], enums: Number, keepCase: true })

/** Our messages of a package with those inside them, by the path of their names. */
const messagesOf = (packageName: string): [path: string[], message: Message][] => {
  const { file = '' } = packages[packageName] ?? {}
  const own = Object.entries(ours(file)).filter(([name]) => name.slice(0, name.lastIndexOf('.')) === packageName)
  const flat = (path: string[], message: Message): [string[], Message][] => [
    [path, message],
    ...message.nestedType
      .filter(({ options }) => !options?.mapEntry)
      .flatMap((nested) => flat([...path, nested.name], nested)),
  ]
  return own.flatMap(([, definition]) =>
    'format' in definition && definition.format === 'Protocol Buffer 3 DescriptorProto'
      ? flat([(definition.type as Message).name], definition.type as Message)
      : [],
  )
}

const WITH_LENGTH = ['TYPE_STRING', 'TYPE_BYTES', 'TYPE_MESSAGE']

/** A message in which one field has a value: 1, 'x', or an empty message. */
const encodedWith = ({ number, type }: Field): Uint8Array => {
  const buffer = Buffer.alloc(16)
  const wireType = WITH_LENGTH.includes(type) ? BYTES : VARINT
  const value = Buffer.from(type === 'TYPE_MESSAGE' ? '' : 'x')
  return new Uint8Array(
    buffer.subarray(
      0,
      wireType === BYTES ? writeBytesField(buffer, 0, number, value) : writeVarintField(buffer, 0, number, 1),
    ),
  )
}

/** google-protobuf's name for a field's getter. */
const getterOf = (name: string): string =>
  `get${name
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('')}`

type Generated = {
  readonly deserializeBinary: (bytes: Uint8Array) => Readonly<Record<string, (() => unknown) | undefined>>
}

/** What the client's code finds in the field; undefined when it has no such field. */
const foundIn = (theirs: Generated, field: Field): unknown => {
  const message = theirs.deserializeBinary(encodedWith(field))
  const getter = getterOf(field.name)
  for (const suffix of ['List', 'Map', '']) {
    const found = message[`${getter}${suffix}`]?.call(message)
    if (found !== undefined) return found
  }
  return undefined
}

const isSet = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 1
  if (typeof value === 'object' && value !== null && 'getLength' in value)
    return (value.getLength as () => number).call(value) === 1
  return value !== undefined && value !== null && ![0, '0', '', false].includes(value as never)
}

describe.each(Object.keys(packages))('Package %s', (packageName) => {
  const theirs = load(`${packages[packageName]?.generated}_pb`)
  const lookUp = (path: readonly string[]): unknown =>
    path.reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], theirs)

  test.each(messagesOf(packageName))('has %j with the names, numbers and kinds of the client', (path, message) => {
    const generated = lookUp(path) as Generated
    expect(generated).toBeDefined()
    const unknown = message.field.filter((field) => !isSet(foundIn(generated, field)))
    expect(unknown.map(({ name, number }) => `${name} = ${number}`)).toEqual([])
    for (const { name, value } of message.enumType) {
      const numbers = Object.fromEntries(value.map((each) => [each.name, each.number]))
      expect(lookUp([...path, name])).toMatchObject(numbers)
    }
  })
})

test.each([
  ['streams.proto', 'event_store.client.streams.Streams', 'v1/streams', 'StreamsService'],
  [
    'server-features.proto',
    'event_store.client.server_features.ServerFeatures',
    'v1/serverfeatures',
    'ServerFeaturesService',
  ],
  [
    'append-session.proto',
    'kurrentdb.protocol.v2.streams.StreamsService',
    'v2/streams/streams',
    'StreamsServiceService',
  ],
])('%s: the methods of %s are called as the client calls them', (file, name, generated, exported) => {
  const theirs = load(`${generated}_grpc_pb`)[exported] as Record<string, { path: string }>
  const byPath = Object.fromEntries(Object.values(theirs).map((method) => [method.path, method]))
  for (const { path, requestStream, responseStream } of Object.values(ours(file)[name] as object)) {
    expect(byPath[path]).toMatchObject({ path, requestStream, responseStream })
  }
})
