export function say(line: string): void
export function step(name: string, waitsFor: string): Step
export type Step = {
  readonly waitFor: (what: string) => void
  readonly done: (outcome?: string) => void
  readonly failed: (outcome?: string) => void
  readonly skip: () => void
}
