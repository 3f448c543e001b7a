import { Problem } from '@bizosaas/http'
import type { PolicyRoute } from '@bizosaas/schemas'

export type FindRoute = (method: string, path: string) => PolicyRoute

/**
 * Finds the route of a request: of those that take its method, the one with the longest prefix.
 *
 * @throws Problem no-route, and malformed-request for a path that somebody behind might read as another
 */
export function routeTable(routes: readonly PolicyRoute[]): FindRoute {
  const longestFirst = routes.toSorted((a, b) => b.prefix.length - a.prefix.length)
  return (method, path) => {
    if (misleading.test(path)) {
      throw new Problem(
        'malformed-request',
        'The path must be absolute, without `.` and `..` segments and backslashes.',
      )
    }
    const found = longestFirst.find(({ prefix, methods }) => takes(methods, method) && isBelow(path, prefix))
    if (found === undefined) throw new Problem('no-route', `Nothing is published for ${method} ${path}.`)
    return found
  }
}

/** Limits are counted by the path as it is written; whoever resolves `..` afterwards would answer another one. */
const misleading = /^[^/]|^\/\/|\\|(^|\/)(\.|%2e){1,2}(\/|$)|%5c|%2f/i

const takes = (methods: readonly string[], method: string) => methods.length === 0 || methods.includes(method)

const isBelow = (path: string, prefix: string) =>
  path.startsWith(prefix) && (prefix.endsWith('/') || path.length === prefix.length || path[prefix.length] === '/')

/** The path and query that the service is asked for. */
export const targetOf = ({ prefix, rewrite }: PolicyRoute, url: string): string => {
  if (rewrite === null) return url
  const rest = url.slice(prefix.length)
  const target = `${rewrite.replace(/\/$/, '')}${rest}`
  return target.startsWith('/') ? target : `/${target}`
}
