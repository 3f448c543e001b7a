import { parseArgs } from 'node:util'
import {
  type Connection,
  connectionHelp,
  connectionOf,
  connectionOptions,
  type Environment,
} from '../operator/connection.ts'

export const help = `Builds a read model once more from the beginning of the topics, as a further version beside the one that serves.

  npm run rebuild -- <model> [--workers N] [--watch] [--cut-over [--accept-diff D]] [--reason "..."]
  npm run rebuild -- list|watch|diff <model> [<id>]
  npm run rebuild -- pause|resume|cancel|verify|roll-back|retire <model> [<id>] [--reason "..."]
  npm run rebuild -- cut-over <model> [<id>] [--accept-diff D] [--reason "..."]

  <model>            campaign-list, for example; GET /v1/projections names them
  <id>               of the rebuild, as list prints it; the newest one of the model unless said

  --workers N        so many processes fill it, 1 to 16 (default 1)
  --definition N     by the handlers of this version of the definition (default: the newest)
  --watch            shows how far it is until it is built and compared with the version that serves
  --cut-over         waits like that, and lets it serve if it is equal
  --accept-diff D    lets it serve although it differs, if the digest of the difference is D; needs a reason
  --reason "..."     is recorded with the order

  list       the rebuilds of the model
  diff       the rows of the token's tenant that differ
  verify     compares once more
  cut-over   lets it serve; the version before is kept up to date
  roll-back  lets the version before serve again
  retire     drops the versions before it, if it serves; else itself
  cancel     drops a version that has never served

${connectionHelp}

An order is waited for until it is carried out.
Exit codes: 0 done, 2 the order did not fit or the version may not serve, 1 nothing was ordered or it is not known what came of it.
`

export const orders = ['pause', 'resume', 'cancel', 'verify', 'cut-over', 'roll-back', 'retire'] as const
export type OrderVerb = (typeof orders)[number]
const questions = ['list', 'watch', 'diff'] as const

type Why = { readonly reason: string | null; readonly acceptDifference: string | null }

export type RebuildArguments = { readonly to: Connection; readonly model: string } & (
  | ({
      readonly verb: 'build'
      readonly workers: number
      readonly definition: number | null
      readonly watch: boolean
      readonly cutOver: boolean
    } & Why)
  | { readonly verb: 'list' }
  | { readonly verb: 'watch' | 'diff'; readonly id: string | null }
  | ({ readonly verb: OrderVerb; readonly id: string | null } & Why)
)

/**
 * Reads the command line; null asks for help.
 *
 * @param env the environment and what `.env` adds to it
 * @throws Error saying what is missing or wrong
 */
export function readArguments(args: string[], env: Environment): RebuildArguments | null {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      workers: { type: 'string', default: '1' },
      definition: { type: 'string' },
      watch: { type: 'boolean', default: false },
      'cut-over': { type: 'boolean', default: false },
      'accept-diff': { type: 'string' },
      reason: { type: 'string' },
      ...connectionOptions(env),
    },
  })
  if (values.help || args.length === 0) return null
  const to = connectionOf(values)
  const why: Why = { reason: values.reason ?? null, acceptDifference: values['accept-diff'] ?? null }
  if (why.acceptDifference !== null && why.reason === null)
    throw new Error('Say why the difference is accepted: --reason "..."')
  const [first = '', model, id = null, ...more] = positionals
  const verb = [...orders, ...questions].find((known) => known === first)
  if (more.length > 0 || (verb === undefined && model !== undefined))
    throw new Error('One read model at a time; --help tells more')
  const takesDifference = verb === 'cut-over' || (verb === undefined && values['cut-over'])
  if (why.acceptDifference !== null && !takesDifference) throw new Error('--accept-diff goes with a cut-over')
  if (verb === undefined) return { to, verb: 'build', ...why, ...toBuild(first, values) }
  if (model === undefined) throw new Error(`Name the read model: ${verb} <model>`)
  if (verb === 'list') return { to, verb, model }
  return verb === 'watch' || verb === 'diff' ? { to, verb, model, id } : { to, verb, model, id, ...why }
}

type Said = {
  readonly workers: string
  readonly definition?: string | undefined
  readonly watch: boolean
  readonly 'cut-over': boolean
}

function toBuild(model: string, { workers, definition, watch, 'cut-over': cutOver }: Said) {
  if (model === '') throw new Error('Name the read model; --help tells more')
  return {
    model,
    workers: whole('--workers', workers),
    definition: definition === undefined ? null : whole('--definition', definition),
    watch,
    cutOver,
  }
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} is a whole number from 1, not ${text}`)
  return Number(text)
}
