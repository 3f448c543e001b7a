import { InvalidSettings, readSettings, type SettingName, settings } from '@bizosaas/runtime'
import { ownSettings } from './addresses.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Refuses what is wrong before anything starts, for all units at once: otherwise a unit would find it out when every part is up.
 * Addresses, passwords and keys of the parts are made here; one that is given would have no effect, which nobody would notice.
 *
 * @throws InvalidSettings
 */
export function checkSettings(environment: Environment): void {
  const given = (name: string) => Boolean(environment[name])
  const useless = ownSettings.filter(given)
  if (useless.length > 0) {
    throw new InvalidSettings(
      useless.map(
        (name) =>
          `${name} is given but would have no effect, for the parts that are started here have their own: unset it, or run the units by themselves`,
      ),
    )
  }
  const names = (Object.keys(settings) as SettingName[]).filter((name) => given(name) || 'default' in settings[name])
  readSettings(names, environment)
}
