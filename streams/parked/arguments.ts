import { parseArgs } from 'node:util'
import { readSettings } from '@bizosaas/runtime'

export const help = `Works off the streams that a read model has set aside, because one of their events could not be applied.

  npm run parked -- list
  npm run parked -- show <id>
  npm run parked -- redrive <id> [--reason "..."]
  npm run parked -- skip <id> --position <p> --reason "..."

  list       the parked streams of the token's tenant, and why each is parked
  show       the event that cannot be applied, what waits behind it, and what was ordered about it
  redrive    applies what waits once more, after what was wrong is mended
  skip       leaves the event at that position out, if it is the first that waits, and applies the rest

  --query-url <url>  query API (default http://127.0.0.1:8007, or on QUERY_PORT)
  --url <url>        analytics service (default http://127.0.0.1:8003, or on ANALYTICS_PORT)
  --token <token>    access token of an operator; better: BIZOSAAS_TOKEN in the environment or in .env
  --help

redrive and skip wait until the order is carried out.
Exit codes: 0 done, 2 the order did not fit or something still waits, 1 nothing was ordered or it is not known what came of it.
`

type Environment = Readonly<Record<string, string | undefined>>

export interface Connection {
  readonly queryUrl: string
  readonly url: string
  readonly token: string
}

export type ParkedArguments = { readonly to: Connection } & (
  | { readonly verb: 'list' }
  | { readonly verb: 'show'; readonly id: string }
  | { readonly verb: 'redrive'; readonly id: string; readonly reason: string | null }
  | { readonly verb: 'skip'; readonly id: string; readonly position: number; readonly reason: string }
)

/**
 * Reads the command line; null asks for help.
 *
 * @param env the environment and what `.env` adds to it
 * @throws Error saying what is missing or wrong
 */
export function readArguments(args: string[], env: Environment): ParkedArguments | null {
  const { ANALYTICS_PORT: port, QUERY_PORT: queryPort } = readSettings(['ANALYTICS_PORT', 'QUERY_PORT'], env)
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      position: { type: 'string' },
      reason: { type: 'string' },
      url: { type: 'string', default: `http://127.0.0.1:${port}` },
      'query-url': { type: 'string', default: `http://127.0.0.1:${queryPort}` },
      token: { type: 'string', default: env.BIZOSAAS_TOKEN ?? '' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || args.length === 0) return null
  const [verb, id, ...more] = positionals
  if (!values.token) throw new Error('Give an access token: BIZOSAAS_TOKEN=... or --token')
  for (const name of ['url', 'query-url'] as const)
    if (!URL.canParse(values[name])) throw new Error(`--${name} ${values[name]} is not a URL`)
  if (more.length > 0 || (verb === 'list' && id)) throw new Error('One stream at a time; --help tells more')
  const to = { url: values.url, queryUrl: values['query-url'], token: values.token }
  if (verb === 'list') return { to, verb }
  if (verb !== 'show' && verb !== 'redrive' && verb !== 'skip')
    throw new Error(`Say list, show, redrive or skip${verb ? `, not ${verb}` : ''}; --help tells more`)
  if (!id) throw new Error(`Name the parked stream, by the id that list prints: ${verb} <id>`)
  if (verb === 'show') return { to, verb, id }
  if (verb === 'redrive') return { to, verb, id, reason: values.reason ?? null }
  return { to, verb, id, ...toSkip(values) }
}

function toSkip({ position = '', reason }: { position?: string | undefined; reason?: string | undefined }) {
  if (!/^\d{1,16}$/.test(position)) throw new Error('Name the event to be skipped by its position: --position <p>')
  if (!reason) throw new Error('Say why the event is skipped: --reason "..."')
  return { position: Number(position), reason }
}
