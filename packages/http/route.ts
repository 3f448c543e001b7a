import type { Instant } from '@bizosaas/schemas'
import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { closed } from './closed-schema.ts'
import type { EventStream } from './event-stream.ts'
import { type Permission, permissions } from './permissions.ts'
import type { Principal } from './principal.ts'
import { Uuid } from './shapes.ts'

/** A request whose sender is known, who is allowed to do this, and whose parts fit their schemas. */
export type Request<Params = unknown, Query = unknown, Body = unknown> = {
  readonly principal: Principal
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The revision in `If-Match`, or null when any will do. */
  readonly ifMatch: number | null
  readonly idempotencyKey: string | null
  /** `X-Consistency-Token`: what an answer must at least have seen; as sent. */
  readonly consistencyToken: string | null
  readonly requestId: string
  readonly traceparent: string
  /** A keyed hash of where the request came from, as the gateway says it; null beside the gateway. */
  readonly origin: string | null
  /** To be told the id of the command that the request becomes: for the log, and for the answer whatever it is. */
  readonly becomes: (commandId: string) => void
  readonly now: Instant
  /** SHA-256 of the body's bytes as they were sent (after decompression), in hexadecimal. */
  readonly bodyHash: string
  /** Method and path with the ids as they are in `params`, such as `POST /v1/campaigns/0198.../approve`: one spelling for one resource. */
  readonly route: string
}

/** An answer with a status or headers of its own. */
export type Reply<Body> = {
  readonly [isReply]: true
  readonly body: Body
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>>
}
const isReply = Symbol('reply')

export const reply = <Body>(body: Body, status: number | null, headers: Record<string, string> = {}): Reply<Body> => ({
  [isReply]: true,
  body,
  status,
  headers,
})

export const asReply = (answer: unknown): Reply<unknown> =>
  typeof answer === 'object' && answer !== null && isReply in answer ? (answer as Reply<unknown>) : reply(answer, null)

/** One route with its types erased, as the server and the OpenAPI document see it. */
export type Route = {
  readonly method: 'get' | 'post' | 'put'
  /** With parameters in braces, as OpenAPI writes them: `/v1/campaigns/{id}`. */
  readonly path: string
  readonly may: Permission
  readonly summary: string
  readonly description: string | null
  readonly params: TObject
  readonly query: TObject
  readonly body: TSchema | null
  /** Null for a stream of server-sent events. */
  readonly answer: TSchema | null
  readonly status: number
  /** What an answer is written in: `application/json`, or else text that says in its `Content-Type` which of these it is. */
  readonly media: readonly string[]
  /** Headers that an answer may have besides the usual ones: names of the list in `openapi.ts`. */
  readonly answerHeaders: readonly string[]
  /** The largest body, in bytes. */
  readonly limit: number
  readonly run: (request: Request, stream: EventStream | null) => unknown
}

/** `/v1/campaigns/{id}` has the parameter `id`. */
type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : unknown

/** As a validated part of a request is given to its handler. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T

type Said<Path extends string, Query extends TObject> = {
  /** The permission that the sender needs; see `permissions.ts`. */
  readonly may: Permission
  /** A few words for the list of routes. */
  readonly summary: string
  readonly description?: string
  /** Every parameter of the path is a UUID, unless a schema here says otherwise. */
  readonly params?: { readonly [Name in keyof ParamsOf<Path>]?: TSchema }
  readonly query?: Query
}

type Asked<Path extends string, Query extends TObject, Body extends TSchema, Answer extends TSchema> = Said<
  Path,
  Query
> & {
  readonly answer: Answer
  /** The status of a success; 200 unless said. */
  readonly status?: number
  /** Of an answer that is text; JSON unless said. */
  readonly media?: readonly string[]
  /** Headers that an answer may have besides the usual ones: names of the list in `openapi.ts`. */
  readonly answerHeaders?: readonly string[]
  readonly run: (
    request: Request<ParamsOf<Path>, Immutable<Static<Query>>, Immutable<Static<Body>>>,
  ) => Run<Immutable<Static<Answer>>>
}
type Run<Answer> = Answer | Reply<Answer> | Promise<Answer | Reply<Answer>>

type Sent<Path extends string, Query extends TObject, Body extends TSchema, Answer extends TSchema> = Asked<
  Path,
  Query,
  Body,
  Answer
> & {
  /** Fields that it does not name are refused, in objects within it too. */
  readonly body?: Body
  /** The largest body, in bytes; 256 KiB unless said. */
  readonly limit?: number
}

type None = TObject<Record<never, never>>

const defaultLimit = 256 * 1024

/** A question: changes nothing, has no body. */
export const get = <const Path extends string, Answer extends TSchema, Query extends TObject = None>(
  path: Path,
  spec: Asked<Path, Query, None, Answer>,
): Route => route('get', path, spec)

/** A command, or anything else that changes something. An absent body is read as `{}`. */
export const post = <
  const Path extends string,
  Answer extends TSchema,
  Query extends TObject = None,
  Body extends TSchema = None,
>(
  path: Path,
  spec: Sent<Path, Query, Body, Answer>,
): Route => route('post', path, spec)

/** Like `post`, where the body is what shall be. */
export const put = <
  const Path extends string,
  Answer extends TSchema,
  Query extends TObject = None,
  Body extends TSchema = None,
>(
  path: Path,
  spec: Sent<Path, Query, Body, Answer>,
): Route => route('put', path, spec)

/**
 * A GET that stays open and sends events (`text/event-stream`). `run` starts sending and answers how to stop; it is
 * stopped when the client goes or the server ends.
 */
export const events = <const Path extends string, Query extends TObject = None>(
  path: Path,
  spec: Said<Path, Query> & {
    readonly run: (
      request: Request<ParamsOf<Path>, Immutable<Static<Query>>>,
      stream: EventStream,
    ) => (() => void) | Promise<() => void>
  },
): Route => route('get', path, spec)

type AnySpec = {
  readonly may: Permission
  readonly summary: string
  readonly description?: string
  readonly params?: Readonly<Record<string, TSchema | undefined>>
  readonly query?: TObject
  readonly body?: TSchema
  readonly answer?: TSchema
  readonly status?: number
  readonly media?: readonly string[]
  readonly answerHeaders?: readonly string[]
  readonly limit?: number
  // The typed request of each constructor is what the schemas below let through; `never` takes them all.
  readonly run: (request: never, stream: never) => unknown
}

function route(method: Route['method'], path: string, spec: AnySpec): Route {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name))
  const unknown = Object.keys(spec.params ?? {}).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new TypeError(`${path} has no parameter ${unknown.join(', ')}`)
  // Types say so as well, but some make the name up: a service with such a route does not start.
  if (!Object.hasOwn(permissions, spec.may)) throw new TypeError(`${path} needs a permission that is in the table.`)
  return {
    method,
    path,
    may: spec.may,
    summary: spec.summary,
    description: spec.description ?? null,
    params: Type.Object(Object.fromEntries(names.map((name) => [name, spec.params?.[name] ?? Uuid]))),
    query: Type.Object(spec.query?.properties ?? {}, { additionalProperties: false }),
    body: method === 'get' ? null : closed(spec.body ?? Type.Object({})),
    answer: spec.answer ?? null,
    status: spec.status ?? 200,
    media: spec.media ?? ['application/json'],
    answerHeaders: spec.answerHeaders ?? [],
    limit: spec.limit ?? defaultLimit,
    run: spec.run as Route['run'],
  }
}
