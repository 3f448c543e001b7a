/** Cells of a comparison: what a group was on both sides, and the parts of the difference, which add up to it. */
import type { Dimension } from '../metrics-query.ts'
import { type Amounts, isNothing, minus, nothing, plus } from './amounts.ts'
import { type Cause, causes, type EventRef } from './attribute.ts'

/** What a cell is about; null for what is not grouped by. */
export interface CellKey {
  /** Ours; null also where none is linked. */
  readonly campaignId: string | null
  readonly platformCampaignId: string | null
  readonly adAccountId: string | null
  readonly day: string | null
  readonly platform: string | null
  readonly clientId: string | null
  readonly currency: string
}

export interface PartEvent extends EventRef {
  /** Null where several events made the part together. */
  readonly amounts: Amounts | null
}

export interface Part {
  readonly cause: Cause
  readonly amounts: Amounts
  /** In the order of their positions. */
  readonly events: readonly PartEvent[]
}

export interface Cell {
  readonly name: string
  readonly key: CellKey
  readonly left: Amounts
  readonly right: Amounts
  readonly parts: readonly Part[]
}

/** @param campaignId which of ours is linked to it */
export function keyOf(
  groupBy: readonly Dimension[],
  whole: Omit<CellKey, 'campaignId'>,
  campaignId: string | null,
): CellKey {
  const isBy = (dimension: Dimension) => groupBy.includes(dimension)
  return {
    campaignId: isBy('campaign') ? campaignId : null,
    platformCampaignId: isBy('campaign') ? whole.platformCampaignId : null,
    adAccountId: isBy('campaign') || isBy('account') ? whole.adAccountId : null,
    day: isBy('day') ? whole.day : null,
    platform: isBy('platform') ? whole.platform : null,
    clientId: isBy('client') ? whole.clientId : null,
    currency: whole.currency,
  }
}

const nameOf = (key: CellKey) => JSON.stringify(Object.values(key))

interface Filling {
  readonly key: CellKey
  left: Amounts
  right: Amounts
  readonly parts: Map<Cause, { amounts: Amounts; readonly events: Map<string, PartEvent> }>
}

export class Cells {
  readonly #cells = new Map<string, Filling>()

  #at(key: CellKey): Filling {
    const name = nameOf(key)
    const known = this.#cells.get(name)
    if (known) return known
    const cell: Filling = { key, left: nothing, right: nothing, parts: new Map() }
    this.#cells.set(name, cell)
    return cell
  }

  was(side: 'left' | 'right', key: CellKey, amounts: Amounts): void {
    const cell = this.#at(key)
    cell[side] = plus(cell[side], amounts)
  }

  #part(key: CellKey, cause: Cause) {
    const { parts } = this.#at(key)
    const part = parts.get(cause) ?? { amounts: nothing, events: new Map<string, PartEvent>() }
    parts.set(cause, part)
    return part
  }

  /** An event's own part. */
  changed(key: CellKey, cause: Cause, { eventId, ...ref }: EventRef, amounts: Amounts): void {
    const part = this.#part(key, cause)
    part.amounts = plus(part.amounts, amounts)
    const before = part.events.get(eventId)?.amounts ?? nothing
    part.events.set(eventId, { eventId, ...ref, amounts: plus(before, amounts) })
  }

  /** What some events did together. */
  changedTogether(key: CellKey, cause: Cause, refs: readonly EventRef[], amounts: Amounts): void {
    const part = this.#part(key, cause)
    part.amounts = plus(part.amounts, amounts)
    for (const ref of refs) part.events.set(ref.eventId, { ...ref, amounts: null })
  }

  /** @throws when the parts of one do not add up: then nothing that is said of it can be trusted */
  all(): Cell[] {
    return [...this.#cells].map(([name, { key, left, right, parts }]) => {
      const explained = [...parts.values()].reduce((sum, { amounts }) => plus(sum, amounts), left)
      if (!isNothing(minus(right, explained))) throw new Error(`The parts of ${name} do not add up to its difference.`)
      const told = causes.flatMap((cause): Part[] => {
        const part = parts.get(cause)
        if (part === undefined || isNothing(part.amounts)) return []
        const events = [...part.events.values()].sort((a, b) => a.position - b.position)
        return [{ cause, amounts: part.amounts, events }]
      })
      return { name, key, left, right, parts: told }
    })
  }
}
