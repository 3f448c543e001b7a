/** Reading one's own writes: a question may carry the consistency tokens of the commands that its answer must have seen. */
import { invalid, Problem, type Request } from '@bizosaas/http'
import { type ConsistencyToken, parseToken } from '@bizosaas/kafka'
import { topicName, topics } from '@bizosaas/schemas'
import { Type } from 'typebox'

export const After = Type.String({
  maxLength: 100,
  description:
    'The `X-Consistency-Token` of a command: the answer has seen what it recorded. Beside the header, the answer has seen both',
})

type Asked = Pick<Request, 'consistencyToken'> & { readonly query: { readonly after?: string } }

/**
 * The tokens of a request: of its header, and of its parameter `after`.
 *
 * @throws Problem malformed-request (400) for the header, invalid (422) for the parameter, when it is no token or one of topics that are
 *   not in use any more
 */
export function tokensOf({ consistencyToken, query }: Asked, generation: string): ConsistencyToken[] {
  const current = topics.map((kind) => topicName(kind, generation))
  const read = (text: string | null | undefined, refuse: (detail: string) => Problem): ConsistencyToken[] => {
    if (text === null || text === undefined) return []
    const token = parseToken(text)
    if (token === null) throw refuse('must be the X-Consistency-Token of a command, as it came')
    if (!current.includes(token.topic))
      throw refuse(`is of ${token.topic}, but the topics are ${current.join(' and ')} now`)
    return [token]
  }
  return [
    ...read(consistencyToken, (detail) => new Problem('malformed-request', `X-Consistency-Token ${detail}.`)),
    ...read(query.after, (detail) => invalid([{ in: 'query', pointer: '/after', detail }])),
  ]
}
