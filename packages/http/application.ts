import type { Log } from '@bizosaas/runtime'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { observe } from './access-log.ts'
import { handlerOf, type InHand } from './handler.ts'
import { openApi } from './openapi.ts'
import { notFound, Problem, tryAgain } from './problem.ts'
import type { Route } from './route.ts'
import { answerWithProblem } from './send.ts'
import type { Service } from './service.ts'
import { serviceRoutes } from './service-routes.ts'

type Running = Service & { readonly log: Log }

/** The Express application of a service: first what holds for every request, then its routes, then what went wrong. */
export function application(service: Running, inHand: InHand, state: { stopping: boolean }): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app.use((request, response, next) => {
    observe(service.name, service.log, request, response)
    if (state.stopping) {
      response.setHeader('Connection', 'close')
      throw tryAgain('stopping', `${service.title} is stopping.`)
    }
    if (request.httpVersion === '1.1' && request.headers.host === undefined) {
      throw new Problem('malformed-request', 'The Host header is missing.')
    }
    next()
  })
  for (const { path, answer } of service.mounted ?? []) app.use(path, (request, response) => answer(request, response))
  for (const route of service.routes) {
    app[route.method](expressPath(route.path), handlerOf(route, service.auth, inHand))
  }
  for (const [path, allowed] of methodsByPath(service.routes)) {
    app.all(expressPath(path), ({ method }) => {
      const detail = `${path} has no ${method}, only ${allowed}.`
      throw new Problem('method-not-allowed', detail, { headers: { Allow: allowed } })
    })
  }
  const description = JSON.stringify(openApi(service.title, service.version, service.routes))
  app.use(serviceRoutes({ ...service, description: () => description }))
  app.use(() => {
    throw notFound('There is nothing at this address.')
  })

  const answerProblem: ErrorRequestHandler = (error, _request, response, _next) => answerWithProblem(response, error)
  app.use(answerProblem)
  return app
}

/** `{id}` of OpenAPI is `:id` of Express. */
const expressPath = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1')

function methodsByPath(routes: readonly Route[]): Map<string, string> {
  const byPath = Map.groupBy(routes, ({ path }) => path)
  return new Map([...byPath].map(([path, same]) => [path, allowedMethods(same)]))
}

const allowedMethods = (routes: readonly Route[]) =>
  routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ')
