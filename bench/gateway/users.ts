/** The users service, which signs people in, as a process of its own that tells what it has used of the processor. */
import { start, usersSettings } from '@bizosaas/command-services/users/start.ts'
import { readSettings } from '@bizosaas/runtime'
import { serveTasks } from '../lib/worker.ts'

export type UsersNow = {
  readonly url: string
  /** Of all its threads, since it began: passwords are hashed on threads of the pool. */
  readonly cpuSeconds: number
}

const serving = start(readSettings(usersSettings))

serveTasks<null, UsersNow>(async () => {
  const { user, system } = process.cpuUsage()
  return { url: (await serving).url, cpuSeconds: (user + system) / 1_000_000 }
})
