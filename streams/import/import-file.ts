/** A whole file, page after page, into an ad account. */
import { stat } from 'node:fs/promises'
import type { Mapping } from './mapping.ts'
import { type Page, type RefusedLine, readPages } from './pages.ts'
import type { Progress } from './progress.ts'
import { type Counts, type Destination, sendPage } from './send.ts'

export interface ImportedSoFar {
  readonly pages: number
  readonly counts: Counts
  readonly refused: number
}

export interface FileImport {
  readonly file: string
  readonly mapping: Mapping
  readonly to: Destination
  /** Rows a request carries at most; the service takes up to 5,000. */
  readonly pageSize: number
  /** Makes the idempotency keys: a page sent again in the same run counts as it did the first time. */
  readonly run: string
  /** Pages of this run that were answered before. */
  readonly begin?: ImportedSoFar
  readonly onRefused?: (line: RefusedLine) => void
  readonly onPage?: (soFar: ImportedSoFar, progress: Progress) => void | Promise<void>
}

export interface Imported extends ImportedSoFar {
  /** Of the last page: read with it to see all pages, since an account's figures lie in one partition. */
  readonly consistencyToken: string | null
}

export const nothingYet: ImportedSoFar = { pages: 0, counts: { observed: 0, restated: 0, unchanged: 0 }, refused: 0 }

/**
 * Imports a file. Lines that hold no row, and rows that the service refuses, are told through `onRefused`; all others are imported.
 *
 * @throws ImportStopped when the service takes no more; Error when the file cannot be read as the mapping says
 */
export async function importFile(what: FileImport): Promise<Imported> {
  const { size: total } = await stat(what.file)
  const begin = what.begin ?? nothingYet
  const startedAt = performance.now()
  let soFar = begin
  let skipped = 0
  let rows = 0
  let consistencyToken: string | null = null

  for await (const page of readPages(what.file, what.mapping, what.pageSize)) {
    if (page.number <= begin.pages) {
      skipped = page.bytes
      continue
    }
    const sent = await send(page, what)
    for (const line of sent.refused) what.onRefused?.(line)
    rows += page.rows.length
    consistencyToken = sent.consistencyToken ?? consistencyToken
    soFar = {
      pages: page.number,
      counts: {
        observed: soFar.counts.observed + sent.counts.observed,
        restated: soFar.counts.restated + sent.counts.restated,
        unchanged: soFar.counts.unchanged + sent.counts.unchanged,
      },
      refused: soFar.refused + sent.refused.length,
    }
    await what.onPage?.(soFar, {
      total,
      done: page.bytes,
      rows,
      skipped,
      seconds: (performance.now() - startedAt) / 1000,
    })
  }
  return { ...soFar, consistencyToken }
}

/** Sends a page; rows that the service refuses are taken out and the rest is sent as a page of its own key. */
async function send(page: Page, { to, run }: FileImport) {
  const refused = [...page.refused]
  let { rows } = page
  for (let attempt = 1; rows.length > 0; attempt++) {
    const key = attempt === 1 ? `${run}:${page.number}` : `${run}:${page.number}:${attempt}`
    const answer = await sendPage(
      to,
      rows.map(({ row }) => row),
      key,
    )
    if (answer.type === 'taken') {
      return { counts: answer.counts, consistencyToken: answer.consistencyToken, refused: inOrder(refused) }
    }
    for (const [index, reason] of answer.reasons) {
      const row = rows[index]
      if (row) refused.push({ line: row.line, reason })
    }
    rows = rows.filter((_, index) => !answer.reasons.has(index))
  }
  return { counts: nothingYet.counts, consistencyToken: null, refused: inOrder(refused) }
}

const inOrder = (lines: readonly RefusedLine[]) => lines.toSorted((a, b) => a.line - b.line)
