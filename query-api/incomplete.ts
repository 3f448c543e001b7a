/** An answer that lacks what is set aside says so, in a header that a client can look at without knowing the answer. */
import { asReply, Problem, type Route, reply } from '@bizosaas/http'

const incomplete = (parked: number) => ({ Incomplete: `parked=${parked}` })

/** For every route that answers with `asOf`. */
export function sayingIncomplete(route: Route): Route {
  if (!hasAsOf(route)) return route
  const run: Route['run'] = async (request, stream) => {
    const answer = asReply(await route.run(request, stream))
    const { parked } = (answer.body as { readonly asOf: { readonly parked: number } }).asOf
    return parked === 0 ? answer : reply(answer.body, answer.status, { ...answer.headers, ...incomplete(parked) })
  }
  return { ...route, answerHeaders: [...route.answerHeaders, 'Incomplete'], run }
}

/** What is set aside may also be why something is not found. */
export function incompleteProblem(error: unknown, parked: number): unknown {
  if (!(error instanceof Problem) || parked === 0) return error
  const { code, message, members, headers } = error
  return new Problem(code, message, { members, headers: { ...headers, ...incomplete(parked) }, cause: error })
}

function hasAsOf({ answer }: Route): boolean {
  return answer !== null && 'properties' in answer && 'asOf' in (answer.properties as object)
}
