/**
 * Mann and Whitney's test: how many standard deviations the ranks of one sample lie above what chance would give, were both
 * drawn from the same distribution. It looks at nothing but the order, so that a pause of the machine weighs no more than any
 * other value.
 */
export function rankDeviation(one: readonly number[], other: readonly number[]): number {
  const wins = one.reduce(
    (sum, value) => sum + other.reduce((all, each) => all + (value > each ? 1 : value === each ? 0.5 : 0), 0),
    0,
  )
  const pairs = one.length * other.length
  return (wins - pairs / 2) / Math.sqrt((pairs * (one.length + other.length + 1)) / 12)
}
