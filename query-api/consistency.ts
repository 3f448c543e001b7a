/** Reading one's own writes: a question may carry the consistency tokens of the commands that its answer must have seen. */
import { invalid, Problem, type Request } from '@bizosaas/http'
import { type ConsistencyToken, parseToken } from '@bizosaas/kafka'
import { Type } from 'typebox'

export const After = Type.String({
  maxLength: 100,
  description:
    'The `X-Consistency-Token` of a command: the answer has seen what it recorded. Beside the header, the answer has seen both',
})

type Asked = Pick<Request, 'consistencyToken'> & { readonly query: { readonly after?: string } }

/**
 * The tokens of a request: of its header, and of its parameter `after`. Whichever generation of topics they name, they mean the same:
 * partitions and positions stay what they are when a generation is succeeded by another one.
 *
 * @throws Problem malformed-request (400) for the header, invalid (422) for the parameter, when it is no token
 */
export function tokensOf({ consistencyToken, query }: Asked): ConsistencyToken[] {
  const read = (text: string | null | undefined, refuse: (detail: string) => Problem): ConsistencyToken[] => {
    if (text === null || text === undefined) return []
    const token = parseToken(text)
    if (token === null) throw refuse('must be the X-Consistency-Token of a command, as it came')
    return [token]
  }
  return [
    ...read(consistencyToken, (detail) => new Problem('malformed-request', `X-Consistency-Token ${detail}.`)),
    ...read(query.after, (detail) => invalid([{ in: 'query', pointer: '/after', detail }])),
  ]
}
