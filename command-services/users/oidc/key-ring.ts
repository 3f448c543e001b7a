import { readSigningKeys, type SigningKey } from '@bizosaas/http'
import { log, type Stop } from '@bizosaas/runtime'

const lookEveryMs = 10_000

export type Keys = readonly [SigningKey, ...SigningKey[]]

/**
 * Keeps up with the folder of signing keys. What cannot be read there changes nothing, for the keys at hand are good.
 *
 * @param changed called at once, and again whenever there are other keys
 * @throws CannotStart when there is no key to begin with
 */
export function followSigningKeys(folder: string, changed: (keys: Keys) => void, everyMs = lookEveryMs): Stop {
  let known = ''
  const look = () => {
    const keys = readSigningKeys(folder)
    const ids = keys.map(({ keyId }) => keyId).join()
    if (ids === known) return
    known = ids
    changed(keys)
  }
  look()
  const timer = setInterval(() => {
    try {
      look()
    } catch (error) {
      log.error({ unit: 'users', err: error }, 'the signing keys cannot be read again')
    }
  }, everyMs)
  timer.unref()
  return async () => clearInterval(timer)
}
