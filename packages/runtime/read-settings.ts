import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Environment, readEnvironment } from './environment.ts'
import { InvalidSettings, unknownSettings } from './invalid-settings.ts'
import { type Setting, type SettingName, type Settings, settings } from './settings.ts'

/**
 * The settings that a unit names, converted and typed. Defaults fill what is absent or empty.
 *
 * @throws InvalidSettings listing every missing or malformed setting, and every unknown `BIZOSAAS_*` name
 */
export function readSettings<const Name extends SettingName>(
  names: readonly Name[],
  env: Environment = readEnvironment(),
): Settings<Name> {
  const ours = Object.keys(env).filter((name) => name.startsWith('BIZOSAAS_'))
  const complaints = unknownSettings(ours, 'the environment')
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const { schema, expected, doc, secret, default: standard }: Setting = settings[name]
    const written = env[name] || standard
    const value = written === undefined ? undefined : convert(schema, written.trim())
    if (written === undefined) complaints.push(`${name} is missing: ${doc}; expected ${expected}`)
    else if (Value.Check(schema, value)) values[name] = value
    else complaints.push(`${name} is ${secret ? 'malformed' : JSON.stringify(written)}: expected ${expected}`)
  }
  if (complaints.length > 0) throw new InvalidSettings(complaints)
  return values as Settings<Name>
}

/** What stands in the environment, as the schema's type: whole numbers, comma lists, or text as it is. */
function convert(schema: TSchema, written: string): unknown {
  const type = 'type' in schema && schema.type
  if (type === 'integer') return /^-?\d+$/.test(written) ? Number(written) : written
  if (type === 'array') return written.split(',').map((item) => item.trim())
  return written
}
