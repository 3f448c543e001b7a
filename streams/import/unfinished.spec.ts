import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readMapping } from './mapping.ts'
import { forgetUnfinished, readUnfinished, unfinishedFile, writeUnfinished } from './unfinished.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bizosaas-unfinished-'))
})
afterAll(() => rm(folder, { recursive: true }))

const state = { run: 'r', pages: 3, counts: { observed: 1, restated: 2, unchanged: 3 }, refused: 4 }

test('an import that stopped is found again by what it was: the same bytes, mapping, page size, service and account', async () => {
  const csv = join(folder, 'a.csv')
  const copy = join(folder, 'b.csv')
  await writeFile(csv, 'a,b\n1,2\n')
  await writeFile(copy, 'a,b\n1,2\n')
  const [facebook, daily] = [await readMapping('facebook-ads'), await readMapping('ab-test-daily')]
  const to = { url: 'http://127.0.0.1:8004', adAccountId: 'a' }
  const path = await unfinishedFile(csv, facebook, 5000, to, folder)
  expect(await readUnfinished(path)).toBeNull()
  await writeUnfinished(path, { ...state, pages: 2 })
  await writeUnfinished(path, state)
  expect(await readUnfinished(await unfinishedFile(copy, facebook, 5000, to, folder))).toEqual(state)

  await writeFile(copy, 'a,b\n1,3\n')
  for (const other of [
    await unfinishedFile(copy, facebook, 5000, to, folder),
    await unfinishedFile(csv, daily, 5000, to, folder),
    await unfinishedFile(csv, facebook, 1000, to, folder),
    await unfinishedFile(csv, facebook, 5000, { ...to, adAccountId: 'b' }, folder),
  ]) {
    expect(await readUnfinished(other)).toBeNull()
  }
  await forgetUnfinished(path)
  expect(await readUnfinished(path)).toBeNull()
})

test('a state that cannot be read says which file to delete', async () => {
  const path = join(folder, 'broken.json')
  await writeFile(path, '{')
  await expect(readUnfinished(path)).rejects.toThrow(`${path} cannot be read; delete it`)
})
