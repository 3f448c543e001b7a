import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'

export const help = `npm run prove -- [options]

Starts a system of its own, lets clients send commands and breaks the system meanwhile: processes are killed and suspended,
connections cut, slowed down and robbed of their answers, the event store's disk is full. Then it heals everything and judges:
do the clients' ledger and the event store agree, are the read models what history gives, and what a rebuild gives?

  --kills N        so many processes are killed, with other faults beside (default 30)
  --commands N     so many commands are sent meanwhile (default 100 for each kill)
  --seed TEXT      of all chance (default: the commit); the faults and the commands that are drawn follow from it, their timing
                   does not
  --report FILE    writes the table there, as Markdown
  --data FOLDER    for everything (default: a new one among the temporary files); kept when a verdict fails
  --keep           keeps the data folder in any case
  --help

Exit code 0: every verdict holds. It needs about 4 GiB of memory and, for 1,000 kills, most of an hour.
`

export type Options = {
  readonly kills: number
  readonly commands: number
  readonly seed: string
  readonly report: string | null
  readonly data: string | null
  readonly keep: boolean
  readonly help: boolean
}

/** @throws Error that says which option is wrong */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '30' },
      commands: { type: 'string' },
      seed: { type: 'string' },
      report: { type: 'string' },
      data: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const kills = countOf('kills', values.kills)
  return {
    kills,
    commands: countOf('commands', values.commands ?? String(100 * kills)),
    seed: values.seed ?? commit(),
    report: values.report ?? null,
    data: values.data ?? null,
    keep: values.keep,
    help: values.help,
  }
}

const countOf = (name: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new Error(`--${name} is ${JSON.stringify(text)}: give a whole number from 1 to 9999999.`)
}

export const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'no-commit'
  }
}
