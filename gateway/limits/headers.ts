/** One limit after it counted a request. */
export type Counted = {
  readonly name: string
  readonly quota: number
  readonly windowSeconds: number
  readonly used: number
  readonly resetMs: number
}

export const isExceeded = ({ used, quota }: Counted): boolean => used > quota

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10 */
export function rateLimitHeaders(counted: readonly Counted[]): Record<string, string> {
  if (counted.length === 0) return {}
  return {
    'RateLimit-Policy': counted
      .map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
      .join(', '),
    RateLimit: counted
      .map(({ name, quota, used, resetMs }) => `"${name}";r=${Math.max(0, quota - used)};t=${seconds(resetMs)}`)
      .join(', '),
  }
}

/** When the last of the exceeded limits begins anew. */
export const retryAfter = (exceeded: readonly Counted[]): string =>
  String(Math.max(1, ...exceeded.map(({ resetMs }) => seconds(resetMs))))

const seconds = (ms: number) => Math.ceil(ms / 1000)
