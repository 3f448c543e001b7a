export { observe } from './access-log.ts'
export { keyIdOf, signAccessToken, type TokenRequest } from './access-token.ts'
export { type Authenticate, authentication, authenticationFrom } from './auth.ts'
export { answerCommand, type CommandOutcome, commandContext } from './commands.ts'
export type { EventStream } from './event-stream.ts'
export { type Exchange, exchangeOf } from './exchange.ts'
export { etagOf } from './headers.ts'
export { fixedKeys, type KeySource, keySetOf, publishedKeys } from './key-source.ts'
export { answerUnreadable, closeSoon, listen } from './listen.ts'
export { type OpenApi, openApi } from './openapi.ts'
export { grantable, isAllowed, type Permission, permissions, type Rights, type Role, roles } from './permissions.ts'
export { mostClients, type Principal } from './principal.ts'
export { notFound, Problem, tryAgain } from './problem.ts'
export { type ProblemCode, problems } from './problems.ts'
export {
  asReply,
  events,
  get,
  type Immutable,
  post,
  put,
  type Reply,
  type Request,
  type Route,
  reply,
} from './route.ts'
export { answerWithProblem, securityHeaders } from './send.ts'
export { type Serving, serve } from './serve.ts'
export type { Mounted, Service } from './service.ts'
export { serviceRoutes } from './service-routes.ts'
export { Amount, CalendarDate, Count, Currency, Instant, Money, Uuid } from './shapes.ts'
export { readSigningKeys, type SigningKey } from './signing-keys.ts'
export { compile, invalid, type Misfit } from './validate.ts'
