/** Something is wrong that the reader can put right: its message is one sentence that says what is wrong and what to do. */
export class Problem extends Error {
  name = 'Problem'
}

/**
 * Prints a problem as its sentence, anything else with its stack, and ends with exit code 1.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function giveUp(error) {
  console.error(error instanceof Problem ? `\n${error.message}` : error)
  process.exit(1)
}
