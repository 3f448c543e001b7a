import { parseArgs } from 'node:util'
import { CannotStart } from '@bizosaas/runtime'

export const help = `Fills a new generation of topics from the event store, beside the one that is live, and switches to it while
commands and queries go on. docs/operating/stores.md says when that is the way out.

  npm run reseed                    the next generation; run again after an interruption, it goes on
  npm run reseed -- --to g3         that one
  npm run reseed -- --retire g1     deletes the topics of one that was succeeded

  --rebuild-read-models   also where the event store was restored from an older copy: read models that hold events which are
                          gone with it are dropped, and made again from the new topics. Stop the runners before.
  --help
`

export type Asked =
  | { readonly type: 'help' }
  | { readonly type: 'reseed'; readonly to: string | null; readonly rebuild: boolean }
  | { readonly type: 'retire'; readonly generation: string }

/** @throws CannotStart */
export function readArguments(args: readonly string[]): Asked {
  const { to, retire, help: asksHelp, 'rebuild-read-models': rebuild } = parsed(args)
  if (asksHelp) return { type: 'help' }
  for (const name of [to, retire]) {
    if (name !== undefined && !/^g[1-9]\d{0,3}$/.test(name))
      throw new CannotStart(`"${name}" is no generation of topics: they are called g1, g2, ...`)
  }
  if (retire === undefined) return { type: 'reseed', to: to ?? null, rebuild: rebuild ?? false }
  if (to !== undefined || rebuild) throw new CannotStart('Retire a generation alone: npm run reseed -- --retire g1')
  return { type: 'retire', generation: retire }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        to: { type: 'string' },
        retire: { type: 'string' },
        'rebuild-read-models': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new CannotStart(
      `${error instanceof Error ? error.message : error}; "npm run reseed -- --help" tells what there is.`,
    )
  }
}
