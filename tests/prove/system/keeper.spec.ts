import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import type { Part } from '../../../deploy/embedded/parts/part.ts'
import { familyOf, signalAll } from '../../../deploy/embedded/supervisor/family.ts'
import { until } from '../../flow/until.ts'
import { keep } from './keeper.ts'

const folder = mkdtempSync(join(tmpdir(), 'keeper-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As PostgreSQL is: a process with children in groups of their own, who outlive it. */
const parent: Part = {
  name: 'parent',
  title: 'parent',
  ports: [],
  prepare: async () => {},
  command: ['/bin/sh', '-c', 'setsid sleep 300 & wait'],
  probe: async () => {},
  readyWithinMs: 5_000,
  stopSignal: 'SIGTERM',
  stopWithinMs: 5_000,
  damaged: /^(?!)/,
}

const stateOf = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]

const commandOf = (pid: number) => (pid > 0 ? readFileSync(`/proc/${pid}/comm`, 'utf8') : '')

test('children of a suspended process wake up with it, also when it was killed meanwhile', async () => {
  const keeper = keep(parent, folder, join(folder, 'parent.log'))
  const childOf = () => familyOf(keeper.pid() ?? 0)[1]?.pid ?? 0
  // Before that it is a copy of its parent, in its group.
  await until('it has a child that sleeps', 5_000, () => /^sleep$/m.test(commandOf(childOf())))
  const orphan = childOf()
  try {
    const thaw = keeper.freeze()
    await until('the child is suspended', 5_000, () => stateOf(orphan) === 'T')
    const killed = keeper.pid()
    keeper.kill()
    await until('another one runs', 5_000, () => keeper.pid() !== null && keeper.pid() !== killed)
    expect(stateOf(orphan)).toBe('T')
    thaw?.()
    await until('the child is awake', 5_000, () => stateOf(orphan) === 'S')
  } finally {
    const last = childOf()
    await keeper.stop()
    signalAll([orphan, last], 'SIGKILL')
  }
})
