import type { TObject, TSchema } from 'typebox'
import { type ProblemKind, problems } from './problems.ts'
import type { Route } from './route.ts'
import { titledSchemas } from './titled-schemas.ts'

/** An OpenAPI 3.1 document is JSON; its shape is checked by the test against the official schema. */
export type OpenApi = { readonly openapi: string; readonly [member: string]: unknown }

/** The description of a service, derived from the very schemas that validate its requests. */
export function openApi(title: string, version: string, routes: readonly Route[]): OpenApi {
  const { schemas, refer } = titledSchemas()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const operations = paths[route.path] ?? {}
    paths[route.path] = operations
    operations[route.method] = operation(route, refer)
  }
  return {
    openapi: '3.1.1',
    info: { title, version, description: introduction },
    security: [{ accessToken: [] }],
    paths,
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT (ES256, at+jwt)' } },
      schemas: { ...schemas, Problem: problemSchema },
      parameters: requestHeaders,
      headers: answerHeaders,
      responses: problemResponses(),
    },
  }
}

const introduction = `Who you are, and so whose data you see, comes from the access token alone.

Commands may carry an \`Idempotency-Key\`: repeating one answers as the first time and does nothing twice. They answer
with an \`ETag\`, to be sent as \`If-Match\` when nothing may have changed in between, and an \`X-Consistency-Token\`,
to be sent with a question that must see what was just recorded.

Everything that goes wrong is a problem document (RFC 9457); see [the list of problems](/problems).`

type Refer = (schema: TSchema) => unknown

function operation(route: Route, refer: Refer) {
  const isCommand = route.method !== 'get'
  const ownHeaders = isCommand
    ? ['IdempotencyKey', ...('id' in route.params.properties ? ['IfMatch'] : [])]
    : ['ConsistencyToken']
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description === null ? {} : { description: route.description }),
    tags: [route.path.split('/')[2] ?? 'other'],
    'x-permission': route.may,
    parameters: [
      ...parameters('path', route.params, refer),
      ...parameters('query', route.query, refer),
      ...ownHeaders.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(route.body === null ? {} : { requestBody: requestBody(route.body, refer) }),
    responses: { [route.status]: success(route, isCommand, refer), ...problemsOf(isCommand) },
  }
}

/** `POST /v1/campaigns/{id}/approve` is `post-campaigns-id-approve`. */
const operationId = ({ method, path }: Route) =>
  [method, ...path.split('/').slice(2)].map((part) => part.replaceAll(/[{}]/g, '')).join('-')

const parameters = (place: 'path' | 'query', schema: TObject, refer: Refer) =>
  Object.entries(schema.properties).map(([name, property]) => {
    const isList = 'type' in property && property.type === 'array'
    const required = place === 'path' || (schema.required ?? []).includes(name)
    return { name, in: place, required, schema: refer(property), ...(isList ? { style: 'form', explode: false } : {}) }
  })

function requestBody(schema: TSchema, refer: Refer) {
  const required = 'required' in schema && Array.isArray(schema.required) && schema.required.length > 0
  return { required, content: { 'application/json': { schema: refer(schema) } } }
}

function success(route: Route, isCommand: boolean, refer: Refer) {
  const names = isCommand ? ['ETag', 'X-Consistency-Token', 'X-Command-Id', 'X-Request-Id'] : ['X-Request-Id']
  if (route.status === 201) names.push('Location')
  names.push(...route.answerHeaders)
  const content =
    route.answer === null
      ? { 'text/event-stream': { schema: { description: 'Server-sent events, one after the other.' } } }
      : Object.fromEntries(route.media.map((media) => [media, { schema: refer(route.answer as TSchema) }]))
  return {
    description: route.summary,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content,
  }
}

function problemsOf(isCommand: boolean) {
  const statuses = [
    400,
    401,
    403,
    // Of a path without an id as well: whom the token names, or what the body refers to, may not be there.
    404,
    ...(isCommand ? [408, 409, 412, 413, 415] : []),
    422,
    429,
    431,
    500,
    503,
  ]
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]))
}

/** One response for each status of the table of problems. */
function problemResponses() {
  const byStatus = Map.groupBy(Object.entries<ProblemKind>(problems), ([, { status }]) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      `Problem${status}`,
      {
        description: kinds.map(([code, { title }]) => `[\`${code}\`](/problems/${code}) ${title}.`).join('\n\n'),
        headers: problemHeaders(status),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples: examplesOf(kinds) },
        },
      },
    ]),
  )
}

const examplesOf = (kinds: readonly [code: string, kind: ProblemKind][]) =>
  Object.fromEntries(
    kinds.map(([code, { title, status, remedy }]) => [
      code,
      {
        summary: title,
        description: remedy,
        value: { type: `/problems/${code}`, title, status, detail: `${title}.`, requestId: 'a1b2' },
      },
    ]),
  )

function problemHeaders(status: number) {
  const names = ['X-Request-Id']
  if (status === 401) names.push('WWW-Authenticate')
  if (status === 412) names.push('ETag')
  if (status === 503) names.push('Retry-After')
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

const header = (name: string, schema: object, description: string) => ({ name, in: 'header', description, schema })

const requestHeaders = {
  IdempotencyKey: header(
    'Idempotency-Key',
    { type: 'string', minLength: 1, maxLength: 255 },
    'Makes the command repeatable: with the same key, and the same body, it is carried out once. A key is remembered with what the command recorded: a refusal, or a command that changed nothing, leaves no trace of it.',
  ),
  IfMatch: header('If-Match', { type: 'string', examples: ['"12"'] }, 'The `ETag` that must still hold.'),
  ConsistencyToken: header(
    'X-Consistency-Token',
    { type: 'string' },
    'The token of a command: the answer has seen what it recorded, or is 503 with `Retry-After`.',
  ),
}

const text = (description: string) => ({ description, schema: { type: 'string' } })

const answerHeaders = {
  ETag: text('The revision of the resource, in quotation marks.'),
  Incomplete: text(
    'Only if something is missing from the answer: `parked=<n>`, so many streams of yours that are set aside; see `/v1/parked`.',
  ),
  'Content-Disposition': text('That it is a file, and by which name.'),
  Location: text('The path of the resource that was created.'),
  'Next-Cursor': text('The `cursor` of the next part; missing where there is none.'),
  'Retry-After': text('Seconds after which to try again.'),
  'WWW-Authenticate': text('The challenge of RFC 6750.'),
  'X-Command-Id': text(
    'The id of this command: the events that it recorded carry it as `commandId`, or as `causationId` where it was carried out in several steps. Refusals and faults tell it too.',
  ),
  'X-Consistency-Token': text('Send it with a question that must see what this command recorded.'),
  'X-Request-Id': text('The id of this request in the logs: the one sent, or a new one.'),
}

const problemSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457). A refusal has further members with the facts that stood in the way.',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference', examples: ['/problems/illegal-step'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      description: 'Each place that does not fit its schema, at most 20.',
      items: {
        type: 'object',
        required: ['in', 'pointer', 'detail'],
        properties: {
          in: { enum: ['body', 'query', 'path'] },
          pointer: { type: 'string', format: 'json-pointer', examples: ['/budget/amount'] },
          detail: { type: 'string' },
        },
      },
    },
  },
}
