import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { InvalidSettings, unknownSettings } from './invalid-settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The process's environment over the `.env` file of a folder, or the file that BIZOSAAS_ENV_FILE names; what the
 * environment says wins. Whoever must not be touched by that file, such as the tests, names an empty one: /dev/null.
 *
 * @throws InvalidSettings when the file holds a name that is no setting
 */
export function readEnvironment(folder = process.cwd(), env: Environment = process.env): Environment {
  const file = resolve(folder, env.BIZOSAAS_ENV_FILE || '.env')
  if (!existsSync(file)) return env
  const written = parseEnv(readFileSync(file, 'utf8'))
  const complaints = unknownSettings(Object.keys(written), file)
  if (complaints.length > 0) throw new InvalidSettings(complaints)
  return { ...written, ...env }
}
