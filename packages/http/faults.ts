import { Problem, tryAgain } from './problem.ts'
import { busy } from './room.ts'

/** Any error that reached the edge, as the problem that is answered. What is not known here is a fault of ours: 500. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return internal(error)
  if ('code' in error && error.code === 'store-unavailable') {
    return tryAgain('store-unavailable', 'A store that this request needs cannot be reached at the moment.', error)
  }
  if ('code' in error && error.code === 'busy') return busy(error)
  return bodyProblem(error) ?? routerProblem(error) ?? internal(error)
}

const internal = (cause: unknown) =>
  new Problem('internal', 'An unexpected error; it is in the log under the request id.', { cause })

/** What body-parser throws carries a `type`; see "Errors" in its documentation. */
function bodyProblem(error: Error): Problem | null {
  switch ('type' in error && error.type) {
    case 'entity.too.large': {
      const limit = 'limit' in error ? `${error.limit} bytes` : 'the limit'
      // What is left of the body is not waited for.
      return new Problem('too-large', `The body is larger than ${limit}.`, { headers: { Connection: 'close' } })
    }
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'The Content-Encoding is none of gzip, deflate and br.')
    case 'request.aborted':
      return new Problem('malformed-request', 'The body ended before its announced length.', { cause: error })
    case 'request.size.invalid':
      return new Problem('malformed-request', 'The body is not as long as Content-Length says.', { cause: error })
    default:
      return null
  }
}

/** Express and zlib mark what the client did wrong by a 4xx status: a path or a body that cannot be decoded. */
function routerProblem(error: Error): Problem | null {
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 500
  if (status < 400 || status > 499) return null
  const what = error instanceof URIError ? 'The path is not percent-encoded UTF-8.' : 'The body cannot be decoded.'
  return new Problem('malformed-request', what, { cause: error })
}
