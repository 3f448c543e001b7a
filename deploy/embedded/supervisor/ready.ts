import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../bootstrap/problem.mjs'
import type { Part } from '../parts/part.ts'
import { type Child, type Exit, inWords } from './child.ts'
import type { LogFile } from './log-file.ts'

/** A line that tells where in the program, not what. */
const stackFrame = /^\s*(\d+\. |at )/

const askEveryMs = 100
const answerWithinMs = 5_000

/**
 * Waits until the part answers a real question.
 *
 * @throws Problem when it ends before, or does not answer within its time
 */
export async function untilReady(part: Part, child: Child, log: LogFile): Promise<void> {
  let exit: Exit | null = null
  void child.exited.then((how) => {
    exit = how
  })
  const deadline = Date.now() + part.readyWithinMs
  let reason: unknown
  while (exit === null && Date.now() < deadline) {
    try {
      await part.probe(AbortSignal.timeout(answerWithinMs))
      return
    } catch (error) {
      reason = error
    }
    await Promise.race([delay(askEveryMs), child.exited])
  }
  if (exit !== null) throw new Problem(explain(part, `${inWords(exit)} while starting`, log))
  const last = reason instanceof Error ? reason.message : String(reason)
  throw new Problem(explain(part, `gave no answer within ${part.readyWithinMs / 1000} s (${last})`, log))
}

/** One sentence on why a part does not run and what to do, with the end of its log below. */
export function explain(part: Part, what: string, log: LogFile): string {
  const tail = log.tail().filter((line) => !stackFrame.test(line))
  const text = tail.join('\n')
  const said =
    tail.length > 0
      ? `\nIts log ends:\n${tail
          .slice(-8)
          .map((line) => `  ${line.slice(0, 300)}`)
          .join('\n')}`
      : ''
  if (/No space left on device|ENOSPC/i.test(text))
    return `${part.title} ${what} because the disk is full: make room and start again.`
  if (/Address already in use|Failed to bind|EADDRINUSE/i.test(text))
    return `${part.title} ${what} because its port is taken: end the other program or set ${part.ports.join(' or ')} to a free port.${said}`
  if (part.damaged.test(text))
    return `${part.title} ${what} because its data is damaged or of another version: put a backup in place, or delete all data with "npm run stack -- reset".${said}`
  return `${part.title} ${what}: see its log with "npm run stack -- logs ${part.name}".${said}`
}
