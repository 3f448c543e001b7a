import type { HeaderChange, JsonChange, RoutePolicy, Transformation } from '@bizosaas/schemas'

/** What frames a message or says who sent it: whoever could change these could let one request pass as another. */
export const untouchable: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'forwarded',
  'host',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-request-id',
  'x-request-origin',
])

/** What a policy says that cannot all be true, in sentences. */
export function contradictions({ routes, limits, plans }: RoutePolicy): readonly string[] {
  const limitNames = limits.map(({ limit }) => limit)
  const known = new Set(limitNames)
  const places = routes.flatMap(({ prefix, methods }) =>
    (methods.length === 0 ? ['any method'] : methods).map((method) => `${method} ${prefix}`),
  )
  const planned = plans.flatMap(({ tenants }) => (tenants.length === 0 ? ['every other tenant'] : tenants))
  return [
    ...repeated([...limitNames, ...plans.map(({ plan }) => plan)]).map(
      (name) => `Two limits or plans are called ${name}.`,
    ),
    ...repeated(places).map((place) => `Two routes publish ${place}.`),
    ...repeated(planned).map((tenant) => `Two plans are for ${tenant}.`),
    ...routes.flatMap((route) => [
      ...route.limits
        .filter((name) => !known.has(name))
        .map((name) => `The route ${route.prefix} names the limit ${name}, which is not there.`),
      ...repeated(route.limits).map((name) => `The route ${route.prefix} names the limit ${name} twice.`),
      ...[...impossible(route.request), ...impossible(route.answer)].map(
        (what) => `The route ${route.prefix} ${what}.`,
      ),
    ]),
  ]
}

const impossible = ({ headers, body }: Transformation): readonly string[] =>
  [...headers.map(headerFault), ...body.map(jsonFault)].filter((fault) => fault !== null)

function headerFault({ change, header, to }: HeaderChange): string | null {
  if (change === 'remove') return null
  if (to === null) return `does not say what it would ${change} ${header} to`
  if (change === 'set' || (/^[\w!#$%&'*+.^`|~-]+$/.test(to) && !untouchable.has(to.toLowerCase()))) return null
  return `cannot rename ${header} to ${to}`
}

function jsonFault({ change, path, to }: JsonChange): string | null {
  if (change === 'remove') return null
  if (to === null) return `does not say what it would ${change} ${path} to`
  if (change === 'set' ? isJson(to) : isPath(to)) return null
  return `cannot ${change} ${path} to ${to}`
}

/** A JSON Pointer (RFC 6901) that is not the whole document. */
export const isPath = (path: string): boolean => /^(\/([^~/]|~[01])*)+$/.test(path)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const repeated = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value, n) => values.indexOf(value) !== n)),
]
