/** What the OpenAPI documents of the services say that one can ask, and requests made up by them. */
import { randomUUID } from 'node:crypto'
import type { Permission } from '@bizosaas/http'

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly format?: string
  readonly minimum?: number
}

interface Parameter {
  readonly name?: string
  readonly in?: string
  readonly required?: boolean
  readonly schema?: Schema
}

interface Described {
  readonly 'x-permission'?: Permission
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface Operation {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly permission: Permission
  /** Null where it takes none. */
  readonly body: Schema | null
  readonly query: readonly Parameter[]
  readonly isStream: boolean
  readonly document: Document
  /** Of the service that answers it. */
  readonly url: string
}

/** @throws for an operation that does not say which permission it needs */
export const operationsOf = (url: string, document: Document): Operation[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, said]) => {
      const name = `${method.toUpperCase()} ${path}`
      const permission = said['x-permission']
      if (permission === undefined) throw new Error(`${name} names no permission.`)
      const query = said.parameters.filter((each) => each.in === 'query')
      const body = said.requestBody?.content['application/json']?.schema ?? null
      const isStream = Object.values(said.responses).some(({ content }) => content && 'text/event-stream' in content)
      return { name, method: method.toUpperCase(), path, permission, body, query, isStream, document, url }
    }),
  )

/** What stands for the things that a request can be about: by the path under which they are, and by the name of a field. */
export interface Things {
  readonly byPath: Readonly<Record<string, string>>
  readonly byName: Readonly<Record<string, unknown>>
}

/** Paths and bodies of requests for the operation: one, or for a question one with each of its parameters that names something. */
export function requestsFor(operation: Operation, things: Things): { path: string; body: string | null }[] {
  const { path, query, body, document } = operation
  const [, , collection = ''] = path.split('/')
  const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' ? (things.byPath[collection] ?? randomUUID()) : String(things.byName[name] ?? randomUUID()),
  )
  const pairOf = ({ name = '', schema = {} }: Parameter): [string, string] => [
    name,
    String(sample(schema, things, document, name)),
  ]
  const required = query.filter((each) => each.required).map(pairOf)
  const naming = query.filter(({ name = '', required }) => !required && name in things.byName).map(pairOf)
  const queries = [required, ...naming.map((one) => [...required, one])].map((pairs) =>
    String(new URLSearchParams(pairs)),
  )
  const sent = body && JSON.stringify(sample(body, things, document))
  return queries.map((text) => ({ path: text === '' ? place : `${place}?${text}`, body: sent }))
}

/** What fits where the schema says more than a type. */
const ordinary: Readonly<Record<string, unknown>> = {
  acceptDifference: 'ab'.repeat(32),
  amount: '1.00',
  budget: { amount: '1.00', currency: 'USD' },
  conversions: [],
  breakdown: {},
  count: '1',
  currency: 'USD',
  email: 'somebody@example.org',
  locale: 'de-CH',
  name: 'Text',
  password: 'correct horse battery staple',
  current: 'correct horse battery staple',
  redirectUris: ['https://app.example.org/back'],
  phone: '+41 44 123 45 67',
  spend: '1.00',
  startsOn: '2027-01-01',
  endsOn: '2027-02-01',
  timeZone: 'Europe/Zurich',
  value: '1',
}

/** A value that fits the schema, about the things. */
function sample(schema: Schema, things: Things, document: Document, name = ''): unknown {
  if (schema.type === 'boolean') return true
  if (name in things.byName) return things.byName[name]
  if (name in ordinary) return ordinary[name]
  const { $ref, enum: values, anyOf, properties, items, format, minimum } = schema
  if ($ref) return sample(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, things, document, name)
  if ('const' in schema) return schema.const
  if (values) return values[0]
  const other = anyOf?.find(({ type }) => type !== 'null')
  if (other) return sample(other, things, document, name)
  if (properties) {
    const fields = Object.entries(properties).map(([field, of]) => [field, sample(of, things, document, field)])
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
  }
  if (schema.type === 'array') return items ? [sample(items, things, document, name)] : []
  if (schema.type === 'integer' || schema.type === 'number') return minimum ?? 1
  if (schema.type === 'object') return {}
  if (format === 'uuid') return randomUUID()
  return format === 'date' ? '2026-01-31' : 'text'
}
