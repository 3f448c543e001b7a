import { execFileSync } from 'node:child_process'
import { Problem } from './problem.mjs'

const tags = (/** @type {import('./fetch.mjs').Pin} */ pin) =>
  Object.keys(pin.files).flatMap((name) => /-(cp3\d+)-\1-/.exec(name)?.[1] ?? [])

/** As wheels are named after it: cp311. */
function thisPython() {
  const program = 'import sys; print("cp%d%d" % sys.version_info[:2])'
  return execFileSync('python3', ['-c', program], { encoding: 'utf8' }).trim()
}

/**
 * What a pin is for this machine's Python: wheels with native code are built for one version of Python each.
 *
 * @param {import('./fetch.mjs').Pin} pin
 * @returns {import('./fetch.mjs').Pin}
 * @throws {Problem} when none is pinned for this Python
 */
export function forThisPython(pin, own = thisPython()) {
  const others = new Set(tags(pin))
  if (!others.delete(own))
    throw new Problem(
      `${pin.title} are pinned for Python 3.10 to 3.14, "python3" is another (${own}): put one of those first on the PATH.`,
    )
  const files = Object.entries(pin.files).filter(
    ([name]) => ![...others].some((tag) => name.includes(`-${tag}-${tag}-`)),
  )
  return { ...pin, version: `${pin.version}-${own}`, files: Object.fromEntries(files) }
}
