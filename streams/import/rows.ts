/** One record of a CSV file as one row of figures, by a mapping. */
import { CellRefused, dateReader, parseCount, parseDecimal } from './cells.ts'
import { columnOf, columnsOf, type DecimalSource, type Mapping, type Source } from './mapping.ts'

/** A row as `POST /v1/ad-accounts/{id}/observations` takes it; amounts and conversions are decimal strings. */
export interface FiguresRow {
  readonly date: string
  readonly platformCampaignId: string
  readonly adSetId: string | null
  readonly adId: string | null
  readonly breakdown: Readonly<Record<string, string>>
  readonly attributionWindow?: string
  readonly impressions: number
  readonly clicks: number
  readonly spend: string
  readonly conversions: readonly { readonly type: string; readonly count: string; readonly value?: string }[]
}

export type RowReader = (cells: readonly string[]) => { readonly row: FiguresRow } | { readonly refused: string }

/**
 * Makes the reader of a file's records.
 *
 * @throws Error when the file lacks a column that the mapping names
 */
export function rowReader(mapping: Mapping, firstLine: readonly string[]): RowReader {
  const header = firstLine.map((name) => name.trim())
  const missing = columnsOf(mapping).filter((column) => !header.includes(column))
  if (missing.length > 0) {
    const hint = header.length === 1 ? `, all in one: is "${mapping.delimiter}" what stands between?` : ''
    const named = missing.map((column) => `"${column}"`).join(', ')
    throw new Error(`The file has no column ${named} that the mapping names; it has ${header.join(', ')}${hint}`)
  }
  const readDate = dateReader(mapping.date.format)

  return (cells) => {
    /** The text behind a field; an empty cell is null. */
    const text = (source: Source | DecimalSource): string | null => {
      const column = columnOf(source)
      if (column === null) return typeof source === 'object' && 'value' in source ? source.value : null
      return cells[header.indexOf(column)]?.trim() || null
    }
    const required = <Value>(source: Source | DecimalSource, read: (text: string) => Value): Value => {
      const column = columnOf(source) ?? 'a constant of the mapping'
      const found = text(source)
      if (found === null) throw new CellRefused(`${column} is empty`)
      try {
        return read(found)
      } catch (error) {
        throw error instanceof CellRefused ? new CellRefused(`${column}: ${error.message}`) : error
      }
    }
    const decimal = (source: DecimalSource): string => {
      const digits = typeof source === 'object' && 'digits' in source ? source.digits : null
      // a constant is written as JSON writes numbers, whatever the file's mark
      const mark = columnOf(source) === null ? '.' : mapping.decimalMark
      return required(source, (found) => parseDecimal(found, mark, digits))
    }
    const asIs = (found: string) => found

    try {
      const row: FiguresRow = {
        date: required(mapping.date.column, readDate),
        platformCampaignId: required(mapping.platformCampaignId, asIs),
        adSetId: mapping.adSetId === undefined ? null : text(mapping.adSetId),
        adId: mapping.adId === undefined ? null : text(mapping.adId),
        breakdown: Object.fromEntries(
          Object.entries(mapping.breakdown ?? {}).map(([dimension, source]) => [dimension, required(source, asIs)]),
        ),
        ...(mapping.attributionWindow && { attributionWindow: required(mapping.attributionWindow, asIs) }),
        impressions: required(mapping.impressions, parseCount),
        clicks: required(mapping.clicks, parseCount),
        spend: decimal(mapping.spend),
        conversions: Object.entries(mapping.conversions ?? {}).map(([type, { count, value }]) => ({
          type,
          count: decimal(count),
          ...(value && { value: decimal(value) }),
        })),
      }
      return { row }
    } catch (error) {
      if (error instanceof CellRefused) return { refused: error.message }
      throw error
    }
  }
}
