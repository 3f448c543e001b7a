import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readSettings } from '@bizosaas/runtime'
import { type Mapping, readMapping } from './mapping.ts'
import type { Destination } from './send.ts'

export const help = `Imports ad figures from a CSV file into an ad account.

  npm run import -- <file.csv> --account <adAccountId> [options]

  --account <id>       the ad account, as POST /v1/ad-accounts answered it
  --mapping <name>     what the columns mean: a mapping file, or the name of one in streams/import/mappings
                       (default facebook-ads)
  --url <url>          integrations service (default http://127.0.0.1:8004, or on INTEGRATIONS_PORT)
  --token <token>      access token; better: BIZOSAAS_TOKEN in the environment or in .env
  --page-size <n>      rows in a request, 1 to 5000 (default 5000)
  --resume             go on with the import of this file that was interrupted
  --help

Lines that hold no valid row are named on stderr and the rest is imported.
Exit codes: 0 all imported, 2 some lines refused, 1 stopped (--resume goes on).
`

type Environment = Readonly<Record<string, string | undefined>>

export interface ImportArguments {
  readonly file: string
  readonly mapping: Mapping
  readonly to: Destination
  readonly pageSize: number
  readonly resume: boolean
}

/**
 * Reads the command line; null asks for help.
 *
 * @param env the environment and what `.env` adds to it
 * @throws Error saying what is missing or wrong
 */
export async function readArguments(args: string[], env: Environment): Promise<ImportArguments | null> {
  const { INTEGRATIONS_PORT: port } = readSettings(['INTEGRATIONS_PORT'], env)
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      account: { type: 'string' },
      mapping: { type: 'string', default: 'facebook-ads' },
      url: { type: 'string', default: `http://127.0.0.1:${port}` },
      token: { type: 'string', default: env.BIZOSAAS_TOKEN ?? '' },
      'page-size': { type: 'string', default: '5000' },
      resume: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const [file, ...more] = positionals
  const pageSize = Number(values['page-size'])
  if (!file || more.length > 0) throw new Error('Name one CSV file; --help tells more')
  if (!existsSync(file)) throw new Error(`There is no file ${file}`)
  if (!values.account) throw new Error('Name the ad account: --account <id>')
  if (!values.token) throw new Error('Give an access token: BIZOSAAS_TOKEN=... or --token')
  if (!URL.canParse(values.url)) throw new Error(`--url ${values.url} is not a URL`)
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 5000) {
    throw new Error('--page-size is a number from 1 to 5000')
  }
  const to = { url: values.url, adAccountId: values.account, token: values.token }
  return { file, mapping: await readMapping(values.mapping), to, pageSize, resume: values.resume }
}
