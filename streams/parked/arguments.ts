import { parseArgs } from 'node:util'
import {
  type Connection,
  connectionHelp,
  connectionOf,
  connectionOptions,
  type Environment,
} from '../operator/connection.ts'

export const help = `Works off the streams that a read model has set aside, because one of their events could not be applied.

  npm run parked -- list
  npm run parked -- show <id>
  npm run parked -- redrive <id> [--reason "..."]
  npm run parked -- skip <id> --position <p> --reason "..."

  list       the parked streams of the token's tenant, and why each is parked
  show       the event that cannot be applied, what waits behind it, and what was ordered about it
  redrive    applies what waits once more, after what was wrong is mended
  skip       leaves the event at that position out, if it is the first that waits, and applies the rest

${connectionHelp}

redrive and skip wait until the order is carried out.
Exit codes: 0 done, 2 the order did not fit or something still waits, 1 nothing was ordered or it is not known what came of it.
`

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
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      position: { type: 'string' },
      reason: { type: 'string' },
      ...connectionOptions(env),
    },
  })
  if (values.help || args.length === 0) return null
  const [verb, id, ...more] = positionals
  const to = connectionOf(values)
  if (more.length > 0 || (verb === 'list' && id)) throw new Error('One stream at a time; --help tells more')
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
