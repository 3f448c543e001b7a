import { type Problem, tryAgain } from './problem.ts'

/**
 * What a service has in hand at once: requests that run, and the bytes of their bodies. Memory is bounded by it however many
 * clients there are and however slow the stores: what does not fit is told to come again, and read no further.
 */
export type Room = {
  /**
   * Takes in a request with a body of at most so many bytes.
   *
   * @returns to be called when it is not in hand any more
   * @throws Problem busy (503)
   */
  readonly enter: (bytes: number) => () => void
}

export type Capacity = { readonly requests: number; readonly bytes: number }

export function room(most: Capacity): Room {
  let requests = 0
  let bytes = 0
  return {
    enter: (size) => {
      if (requests >= most.requests || bytes + size > most.bytes) throw busy()
      requests++
      bytes += size
      return () => {
        requests--
        bytes -= size
      }
    },
  }
}

export const busy = (cause?: unknown): Problem =>
  tryAgain('busy', 'More is waiting here already than can be taken in.', cause)
