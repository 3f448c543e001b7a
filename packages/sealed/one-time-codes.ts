import type { Postgres } from '@bizosaas/databases'
import { attemptsOf } from './attempts.ts'
import { SubjectErased } from './errors.ts'
import { isErased } from './postgres-key-store.ts'

/** That one-time codes are guessed seldom, and taken once, between all instances. */
export interface OneTimeCodes {
  /** Counts an attempt. @returns seconds to wait before the next one is looked at, or null @throws StoreUnavailable */
  readonly enter: (subject: string) => Promise<number | null>
  /** After one that was right: the next attempts are free again. @throws StoreUnavailable */
  readonly forgive: (subject: string) => Promise<void>
  /**
   * Takes the code of a step. Each enrolment has codes of its own.
   * @returns whether neither it nor a later one was taken before @throws SubjectErased; StoreUnavailable
   */
  readonly take: (subject: string, enrolment: string, step: number) => Promise<boolean>
}

/** @param key of the HMACs that attempts are counted by, in hexadecimal */
export function oneTimeCodes(postgres: Postgres, key: string): OneTimeCodes {
  const attempts = attemptsOf(postgres, key)
  return {
    enter: (subject) => attempts.enter([{ kind: 'code', value: subject }]),
    forgive: (subject) => attempts.forgive({ kind: 'code', value: subject }, null),
    take: async (subject, enrolment, step) => {
      try {
        const taken = await postgres.query(
          `INSERT INTO keys.code_used AS u (subject, enrolment, step) VALUES ($1, $2, $3)
           ON CONFLICT (subject) DO UPDATE SET enrolment = excluded.enrolment, step = excluded.step
           WHERE u.enrolment <> excluded.enrolment OR u.step < excluded.step RETURNING subject`,
          [subject, enrolment, step],
        )
        return taken.length > 0
      } catch (error) {
        throw isErased(error) ? new SubjectErased(subject) : error
      }
    },
  }
}
