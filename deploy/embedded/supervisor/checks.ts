import { statfs } from 'node:fs/promises'
import { Problem } from '../bootstrap/problem.mjs'
import type { Part } from '../parts/part.ts'
import { isTaken, type Ports } from '../ports.ts'

const leastFreeBytes = 1024 ** 3

/**
 * What can be seen before anything starts.
 *
 * @throws Problem when the disk is nearly full or a port is taken
 */
export async function refuseBadPlace(dataFolder: string, parts: readonly Part[], ports: Ports): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder)
  if (bavail * bsize < leastFreeBytes) {
    throw new Problem(
      `Only ${Math.floor((bavail * bsize) / 1024 ** 2)} MiB are free on the disk of ${dataFolder}: make room for at least 1 GiB, or set BIZOSAAS_DATA_DIR to a folder on another disk.`,
    )
  }
  for (const part of parts) {
    for (const name of part.ports) {
      if (await isTaken(ports[name]))
        throw new Problem(
          `Port ${ports[name]}, which ${part.title} needs, is taken by another program: end that program or set ${name} to a free port.`,
        )
    }
  }
}
