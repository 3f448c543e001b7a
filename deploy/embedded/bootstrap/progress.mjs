/**
 * Progress of steps that run side by side, on standard error, so that a program's output stays its own. On a terminal the running steps stand at the bottom, each with what it waits for and its
 * seconds; a finished one becomes a line of its own above them. Elsewhere a line is printed when a step starts and when it ends.
 */

const terminal = process.stderr.isTTY && !process.env.CI
const dim = (/** @type {string} */ text) => (terminal ? `\x1b[2m${text}\x1b[22m` : text)
const colour = (/** @type {number} */ code, /** @type {string} */ text) =>
  terminal ? `\x1b[${code}m${text}\x1b[39m` : text
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(1)} s`
const width = 26

/** @type {Set<{ name: string, waitsFor: string, since: number }>} */
const running = new Set()
let drawn = 0
/** @type {NodeJS.Timeout | undefined} */
let ticking

/** Prints a line of output above the running steps. */
export function say(/** @type {string} */ line) {
  print(process.stdout, line)
}

function print(/** @type {NodeJS.WriteStream} */ stream, /** @type {string} */ line) {
  erase()
  stream.write(`${line}\n`)
  draw()
}

/**
 * Starts a step.
 *
 * @param {string} name what is done
 * @param {string} waitsFor what it waits for
 */
export function step(name, waitsFor) {
  const state = { name, waitsFor, since: Date.now() }
  running.add(state)
  if (terminal) {
    ticking ??= setInterval(redraw, 200)
    redraw()
  } else process.stderr.write(`  ${name.padEnd(width)} ${waitsFor} …\n`)

  const end = (/** @type {string} */ line) => {
    if (!running.delete(state)) return
    if (running.size === 0) {
      clearInterval(ticking)
      ticking = undefined
    }
    print(process.stderr, line)
  }
  return {
    /** Tells what is waited for now. */
    waitFor(/** @type {string} */ what) {
      state.waitsFor = what
      if (!terminal) process.stderr.write(`  ${name.padEnd(width)} ${what} …\n`)
    },
    /** Ends well; `outcome` replaces the word before the seconds. */
    done(outcome = 'ready') {
      end(`${colour(32, '✓')} ${name.padEnd(width)} ${dim(`${outcome}, ${seconds(state.since)}`)}`)
    },
    failed(outcome = 'failed') {
      end(`${colour(31, '✗')} ${name.padEnd(width)} ${outcome}`)
    },
    /** Ends without a line: there was nothing to do. */
    skip() {
      if (terminal) erase()
      running.delete(state)
      if (running.size === 0) {
        clearInterval(ticking)
        ticking = undefined
      }
      draw()
    },
  }
}

function redraw() {
  erase()
  draw()
}

function erase() {
  if (drawn > 0) process.stderr.write(`\x1b[${drawn}F\x1b[J`)
  drawn = 0
}

function draw() {
  if (!terminal) return
  for (const { name, waitsFor, since } of running) {
    const line = `  ${name.padEnd(width)} ${waitsFor} … ${seconds(since)}`
    process.stderr.write(`${dim(line.slice(0, (process.stderr.columns ?? 80) - 1))}\n`)
    drawn += 1
  }
}
