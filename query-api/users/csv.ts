/**
 * A table as comma-separated values (RFC 4180), its names first. Spreadsheets take a cell that begins like a formula for one, and some of
 * what stands here was said by strangers: an apostrophe in front makes it text.
 */
export function csvOf(names: readonly string[], rows: readonly (readonly string[])[]): string {
  return [names, ...rows].map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
