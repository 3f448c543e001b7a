import { complainOfUnknown } from './did-you-mean.ts'
import { settings } from './settings.ts'

/** Missing, malformed or unknown settings: the message names every one of them and what is expected. */
export class InvalidSettings extends Error {
  readonly code = 'invalid-settings'
  readonly complaints: readonly string[]

  constructor(complaints: readonly string[]) {
    const what = complaints.length === 1 ? 'a setting is' : 'settings are'
    super(`Cannot start, ${what} wrong:\n  ${complaints.join('\n  ')}`)
    this.complaints = complaints
  }
}

/** One complaint for each name that is no setting, with the nearest one that is. */
export const unknownSettings = (names: readonly string[], where: string): string[] =>
  complainOfUnknown(names, Object.keys(settings), where)
