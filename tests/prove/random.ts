/** Chance that can be repeated: the same seed gives the same numbers (sfc32, seeded by a hash). */
import { createHash } from 'node:crypto'

export type Random = {
  /** From 0 to 1, without 1. */
  readonly next: () => number
  /** A whole number from `least` to `most`, both inclusive. */
  readonly whole: (least: number, most: number) => number
  readonly chance: (probability: number) => boolean
  /** @throws when there is nothing to pick from */
  readonly pick: <Item>(items: readonly Item[]) => Item
  /** One of the names, each as often as its weight says. */
  readonly weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name
}

/** @param purpose keeps apart what draws from one seed, so that more draws here change nothing there */
export const random = (seed: string, purpose: string): Random => {
  const digest = createHash('sha256').update(`${seed}/${purpose}`).digest()
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [number, number, number, number]
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  const pick = <Item>(items: readonly Item[]): Item => {
    if (items.length === 0) throw new RangeError('There is nothing to pick from.')
    return items[Math.floor(next() * items.length)] as Item
  }
  return {
    next,
    pick,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    weighted: (weights) => {
      const all = Object.entries<number>(weights)
      let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of all) {
        left -= weight
        if (left < 0) return name as keyof typeof weights
      }
      return pick(all)[0] as keyof typeof weights
    },
  }
}
