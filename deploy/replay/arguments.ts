import { parseArgs } from 'node:util'
import { projections } from '@bizosaas/projections/all.ts'
import { CannotStart } from '@bizosaas/runtime'
import { Instant } from '@bizosaas/schemas'

export const help = `Builds read models as they were at a past moment, beside the ones that serve. One asks for them by name: ?version=march.

  npm run replay -- --until 2026-03-31T22:00:00Z --into march    everything up to the last position that is of before it
  npm run replay -- --until 81233 --into march                   everything up to this position, exactly
  npm run replay -- list                                         what there is
  npm run replay -- drop march

  --model campaign-list   that one alone; else all of them
  --workers 2             how many processes fill them; 1
  --help
`

export type Asked =
  | { readonly type: 'help' | 'list' }
  | { readonly type: 'drop'; readonly label: string }
  | {
      readonly type: 'replay'
      readonly until: { readonly instant: Instant } | { readonly position: number }
      readonly label: string
      readonly model: string | null
      readonly workers: number
    }

/** A label begins with a letter and is no number of a version. */
const labelPattern = /^(?!v\d+$)[a-z][a-z0-9-]{0,39}$/

/** @throws CannotStart */
export function readArguments(args: readonly string[]): Asked {
  const { values, positionals } = parsed(args)
  const [verb, label, ...more] = positionals
  if (values.help) return { type: 'help' }
  if (verb === 'list' && label === undefined) return { type: 'list' }
  if (verb === 'drop' && label !== undefined && more.length === 0) return { type: 'drop', label }
  if (verb !== undefined) throw new CannotStart(`${positionals.join(' ')} is not understood; ${tells}`)
  const { until, into, model = null, workers = '1' } = values
  if (until === undefined || into === undefined)
    throw new CannotStart(`Say --until which moment and --into which name; ${tells}`)
  if (!labelPattern.test(into))
    throw new CannotStart(
      `"${into}" is no name: lower-case letters, digits and dashes, at most 40, a letter first, and not as v3.`,
    )
  if (model !== null && !projections.some(({ name }) => name === model))
    throw new CannotStart(`There is no read model ${model}: ${projections.map(({ name }) => name).join(', ')}.`)
  if (!/^[1-9]\d?$/.test(workers)) throw new CannotStart(`--workers is a whole number from 1 to 99, not ${workers}.`)
  return { type: 'replay', until: momentOf(until), label: into, model, workers: Number(workers) }
}

const tells = '"npm run replay -- --help" tells what there is.'

function momentOf(text: string) {
  if (/^\d{1,15}$/.test(text)) return { position: Number(text) }
  try {
    return { instant: Instant.parse(text) }
  } catch {
    throw new CannotStart(`"${text}" is neither a position nor an instant such as 2026-03-31T22:00:00Z.`)
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        until: { type: 'string' },
        into: { type: 'string' },
        model: { type: 'string' },
        workers: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new CannotStart(`${error instanceof Error ? error.message : error}; ${tells}`)
  }
}
