import { isDeepStrictEqual } from 'node:util'
import type { PolicyRoute, RoutePolicy } from '@bizosaas/schemas'
import type { FindRoute } from '../route-table.ts'

type Json = { readonly [member: string]: unknown }
type Operations = Record<string, unknown>
export type ServiceDocument = { readonly openapi: string; readonly paths: Record<string, Operations> } & Json

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
/** What may come of any request besides what its service says. */
const gatewayResponses = ['429', '502', '503', '504']

/**
 * One OpenAPI document of what a policy publishes, from those of the services. Components that two services have in common stay
 * one; where they differ, the later one's carries the name of its service.
 */
export function mergedDocument(
  documents: ReadonlyMap<string, ServiceDocument>,
  { routes }: RoutePolicy,
  find: FindRoute,
): Json {
  const paths: Record<string, Operations> = {}
  const components: Record<string, Record<string, unknown>> = {}
  for (const [service, document] of documents) {
    const own = takeComponents(components, service, document)
    for (const route of routes.filter((each) => each.service === service)) addPaths(paths, own.paths, route, find)
  }
  const responses = components.responses ?? {}
  for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations)))
    addResponses(operation, responses)
  const [first] = documents.values()
  return {
    openapi: first?.openapi ?? '3.1.1',
    info: { title: 'BizOSaaS', version: '1.0.0', description: descriptionOf(first) },
    security: first?.security ?? [],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components,
  }
}

const descriptionOf = (document: ServiceDocument | undefined) =>
  (document?.info as { description?: string } | undefined)?.description ?? ''

/** The service's paths as clients write them; an operation that another route answers is left out. */
function addPaths(
  paths: Record<string, Operations>,
  own: Record<string, Operations>,
  route: PolicyRoute,
  find: FindRoute,
): void {
  const inside = route.rewrite ?? route.prefix
  for (const [path, operations] of Object.entries(own)) {
    if (!path.startsWith(inside)) continue
    const published = `${route.prefix}${path.slice(inside.length)}`
    for (const method of methods.filter((each) => each in operations)) {
      if (!isAnswered(find, method.toUpperCase(), published, route)) continue
      const there = paths[published] ?? {}
      paths[published] = there
      there[method] ??= operations[method]
    }
  }
}

function isAnswered(find: FindRoute, method: string, path: string, route: PolicyRoute): boolean {
  try {
    return find(method, path) === route
  } catch {
    return false
  }
}

function addResponses(operation: unknown, known: Record<string, unknown>): void {
  const { responses = {} } = operation as { responses?: Record<string, unknown> }
  for (const status of gatewayResponses)
    if (`Problem${status}` in known) responses[status] ??= { $ref: `#/components/responses/Problem${status}` }
}

/** @returns the document with its references as they are in the merged one */
function takeComponents(
  merged: Record<string, Record<string, unknown>>,
  service: string,
  document: ServiceDocument,
): ServiceDocument {
  const own = (document.components ?? {}) as Record<string, Record<string, unknown>>
  const renamed = new Map<string, string>()
  for (const [kind, members] of Object.entries(own)) {
    for (const [name, member] of Object.entries(members)) {
      const there = merged[kind]?.[name]
      if (there !== undefined && !isDeepStrictEqual(there, member))
        renamed.set(`#/components/${kind}/${name}`, `#/components/${kind}/${service}.${name}`)
    }
  }
  const refer = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(refer)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) =>
        key === '$ref' && typeof value === 'string' ? [key, renamed.get(value) ?? value] : [key, refer(value)],
      ),
    )
  }
  for (const [kind, members] of Object.entries(own)) {
    const there = merged[kind] ?? {}
    merged[kind] = there
    for (const [name, member] of Object.entries(members)) {
      const reference = renamed.get(`#/components/${kind}/${name}`)
      there[reference === undefined ? name : `${service}.${name}`] = refer(member)
    }
  }
  return refer(document) as ServiceDocument
}
