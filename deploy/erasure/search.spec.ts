import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { searchFiles } from './search.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'search-files-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A file of its own folder with these bytes. */
let n = 0
async function fileOf(...parts: readonly (string | Buffer)[]): Promise<string> {
  n += 1
  const place = join(folder, String(n))
  await mkdir(join(place, 'deep'), { recursive: true })
  await writeFile(join(place, 'deep', 'file.bin'), Buffer.concat(parts.map((part) => Buffer.from(part as string))))
  return place
}
const formsOf = async (place: string, text: string) =>
  (await searchFiles(place, [text])).findings.map(({ form }) => form)

const text = 'Zoë Müller-42'
const json = 'Zo\\u00eb M\\u00fcller-42'
test.each<[string, readonly (string | Buffer)[]]>([
  ['text', ['{"name":"', text, '"}']],
  ['text', [text.replace('Z', 'z').replace('ller', 'LLER')]],
  ['text', [text.toUpperCase()]],
  ['text', [text.normalize('NFD')]],
  ['UTF-16', [Buffer.from(text, 'utf16le').swap16()]],
  ['percent-encoded', [new URLSearchParams({ name: text }).toString()]],
  ['Base64', [Buffer.from(`?~${text}`).toString('base64url')]],
  ['UTF-16', [Buffer.from(text, 'utf16le')]],
  ['hexadecimal', [Buffer.from(text).toString('hex').toUpperCase()]],
  ['percent-encoded', [`?q=${encodeURIComponent(text)}`]],
  ['JSON', [json]],
  ['Base64', [Buffer.from(`${text} and more`).toString('base64')]],
  ['Base64', [Buffer.from(`x${text} and more`).toString('base64')]],
  ['Base64', [Buffer.from(`xy${text}`).toString('base64')]],
])('a text is found as %s %#', async (form, parts) => {
  const place = await fileOf('before ', ...parts, ' after')
  expect(await formsOf(place, text)).toEqual([form])
})

test('a text is found wherever it stands, also where one read ends and the next begins, and its place is told', async () => {
  const chunk = 4 * 1024 * 1024
  for (const at of [chunk - 5, chunk, 2 * chunk - 1]) {
    const place = await fileOf(Buffer.alloc(at), text, Buffer.alloc(10))
    expect((await searchFiles(place, [text])).findings).toEqual([
      { text, form: 'text', file: join('deep', 'file.bin'), offset: at },
    ])
  }
})

test('what stands nowhere is not found, whatever the files hold', async () => {
  const place = await fileOf('Zoe Muller-42', Buffer.from(text).reverse())
  const searched = await searchFiles(place, [text])
  expect(searched).toMatchObject({ files: 1, findings: [] })
  expect(searched.bytes).toBeGreaterThan(20)
})

test('folders that come and go meanwhile do not end the search, and one that is not there at all does', async () => {
  const place = await fileOf(text)
  let isOver = false
  const busy = (async () => {
    for (let n = 0; !isOver; n++) {
      const folders = Array.from({ length: 50 }, (_, k) => join(place, `${n}-${k}`))
      await Promise.all(folders.map((each) => mkdir(join(each, 'in it'), { recursive: true })))
      await Promise.all(folders.map((each) => rm(each, { recursive: true })))
    }
  })()
  try {
    for (let n = 0; n < 10; n++) {
      const searched = await searchFiles(place, [text]).catch((error: Error) => error)
      if (searched instanceof Error) expect(searched.message).toContain('faster than they can be searched')
      else expect(searched.findings).toHaveLength(1)
    }
  } finally {
    isOver = true
    await busy
  }
  await expect(searchFiles(join(place, 'nowhere'), [text])).rejects.toThrow('ENOENT')
})

test('a file that is given another name while it is looked for is found by that', async () => {
  const place = await fileOf('nothing')
  const [from, to] = [join(place, 'aaa'), join(place, '000')]
  await mkdir(from)
  await writeFile(join(from, 'file.bin'), text)
  let isOver = false
  const busy = (async () => {
    for (let n = 0; !isOver; n++) await (n % 2 ? rename(to, from) : rename(from, to))
  })()
  try {
    for (let n = 0; n < 50; n++) {
      const searched = await searchFiles(place, [text]).catch((error: Error) => error)
      if (searched instanceof Error) expect(searched.message).toContain('faster than they can be searched')
      else expect(searched.findings).not.toEqual([])
    }
  } finally {
    isOver = true
    await busy
  }
})

test('what a link leads to is looked at too, and one that leads back or nowhere is none', async () => {
  const [place, elsewhere] = [await fileOf('nothing'), await fileOf(text)]
  await symlink(elsewhere, join(place, 'moved'))
  await symlink(place, join(place, 'deep', 'back'))
  await symlink(join(place, 'nowhere'), join(place, 'deep', 'broken'))
  expect((await searchFiles(place, [text])).findings).toMatchObject([{ file: join('moved', 'deep', 'file.bin') }])
})

test('a text that is too short to tell anything is refused', async () => {
  await expect(searchFiles(await fileOf('Lee'), ['Lee'])).rejects.toThrow('"Lee" has fewer than 4 bytes')
})

test('any text of any file is found in it', async () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }),
      async (any, before, after) => {
        const place = await fileOf(Buffer.from(before), any, Buffer.from(after))
        expect(await formsOf(place, any)).toContain('text')
        const coded = await fileOf(
          Buffer.concat([Buffer.from(before), Buffer.from(any), Buffer.from(after)]).toString('base64'),
        )
        expect(await formsOf(coded, any)).toContain('Base64')
      },
    ),
    { numRuns: 25 },
  )
})
