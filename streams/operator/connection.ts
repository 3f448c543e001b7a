/** Command line tools of operators: clients of the public API like any other, which ask the query API and order at the analytics service. */
import { readSettings } from '@bizosaas/runtime'
import { patientFetch, sayProblem } from '../import/patient-fetch.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Connection {
  readonly queryUrl: string
  readonly url: string
  readonly token: string
}

/** How long an API that is away is asked again, and how long the runner may take to carry an order out. */
export const patienceMs = 60_000

export const connectionHelp = `  --query-url <url>  query API (default http://127.0.0.1:8007, or on QUERY_PORT)
  --url <url>        analytics service (default http://127.0.0.1:8003, or on ANALYTICS_PORT)
  --token <token>    access token of an operator; better: BIZOSAAS_TOKEN in the environment or in .env
  --help`

/** Options of the command line, with what the settings say where they are not given. */
export function connectionOptions(env: Environment) {
  const { ANALYTICS_PORT: port, QUERY_PORT: queryPort } = readSettings(['ANALYTICS_PORT', 'QUERY_PORT'], env)
  return {
    url: { type: 'string', default: `http://127.0.0.1:${port}` },
    'query-url': { type: 'string', default: `http://127.0.0.1:${queryPort}` },
    token: { type: 'string', default: env.BIZOSAAS_TOKEN ?? '' },
    help: { type: 'boolean', default: false },
  } as const
}

/** @throws Error saying what is missing or wrong */
export function connectionOf(values: { url: string; 'query-url': string; token: string }): Connection {
  if (!values.token) throw new Error('Give an access token: BIZOSAAS_TOKEN=... or --token')
  for (const name of ['url', 'query-url'] as const)
    if (!URL.canParse(values[name])) throw new Error(`--${name} ${values[name]} is not a URL`)
  return { url: values.url, queryUrl: values['query-url'], token: values.token }
}

/** @throws Error with the problem's own words */
export async function ask<Answer>(url: string, token: string, request: RequestInit = {}): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, ...request.headers }
  const answer = await patientFetch(url, { ...request, headers }, patienceMs)
  if (!answer.ok) throw new Error(await sayProblem(answer))
  return (await answer.json()) as Answer
}
