/** A fault that somebody might make, and the tests that must notice it. */
export type Bug = {
  readonly name: string
  /** What is wrong then, in one sentence. */
  readonly breaks: string
  /** Each text stands exactly once in its file, and is replaced. */
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[]
  /** The spec files that are run, and a pattern for the names of the tests that must fail. */
  readonly specs: readonly string[]
  readonly tests: string
}

export const specsOf = (bugs: readonly Bug[]): readonly string[] => [...new Set(bugs.flatMap(({ specs }) => specs))]

/** Needs nothing that runs. */
export const isPure = ({ specs }: Bug): boolean => specs.every((spec) => !/\.(int|flow)\.spec\.ts$/.test(spec))
