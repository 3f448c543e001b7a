/** One complaint for each name that is no setting, with the nearest one that is. */
export function complainOfUnknown(names: readonly string[], known: readonly string[], where: string): string[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known)
      return `${name} in ${where} is not a setting${near === null ? '' : `; did you mean ${near}?`}`
    })
}

/** The candidate with the fewest edits, if it needs at most a third of the name's letters. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  // Names come from strangers too, and the distance takes the product of the lengths.
  if (name.length > 64) return null
  let best: string | null = null
  let fewest = Math.floor(name.length / 3) + 1
  for (const candidate of candidates) {
    const edits = editDistance(name, candidate)
    if (edits < fewest) {
      best = candidate
      fewest = edits
    }
  }
  return best
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    above = current
  }
  return above[b.length] ?? 0
}
