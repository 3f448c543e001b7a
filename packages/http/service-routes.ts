import { type Health, metrics } from '@bizosaas/runtime'
import { type Response, Router } from 'express'
import { asset, docsPage, type Page, pagePolicy, problemListPage, problemPage } from './pages.ts'
import { notFound } from './problem.ts'
import { send } from './send.ts'

type Service = {
  readonly title: string
  readonly health: Health
  /** The OpenAPI document, as JSON. */
  readonly description: () => string | Promise<string>
}

/** What every service answers without a token: is it alive, is it ready, its figures, its description. */
export function serviceRoutes({ title, health, description }: Service): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const json = { 'Content-Type': 'application/json' }
  const docs = docsPage(title)
  const problemList = problemListPage(title)

  router.get('/livez', (_, response) => send(response, 200, json, '{"alive":true}'))
  router.get('/readyz', async (_, response) => {
    const report = await health.report()
    send(
      response,
      report.ready ? 200 : 503,
      report.ready ? json : { ...json, 'Retry-After': '1' },
      JSON.stringify(report),
    )
  })
  router.get('/metrics', async (_, response) => {
    send(response, 200, { 'Content-Type': metrics.contentType }, await metrics.metrics())
  })

  router.get('/openapi.json', async (_, response) => send(response, 200, json, await description()))
  router.get('/docs', (_, response) => sendPage(response, docs))
  router.get('/docs/:file', async ({ params }, response) => {
    const file = await asset(params.file)
    if (file === null) throw notFound('There is no such file.')
    sendPage(response, file)
  })
  router.get('/problems', (_, response) => sendPage(response, problemList))
  router.get('/problems/:code', ({ params }, response) => sendPage(response, problemPage(title, params.code)))
  return router
}

const sendPage = (response: Response, { type, body }: Page) =>
  send(
    response,
    200,
    { 'Content-Type': type, 'Content-Security-Policy': pagePolicy, 'Cache-Control': 'no-cache' },
    body,
  )
