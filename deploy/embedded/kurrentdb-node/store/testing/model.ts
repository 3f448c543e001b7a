/**
 * What a store should do, written the simplest way: everything in lists, nothing cached, nothing encoded. The property test
 * compares the real one with it.
 */
import type { Outcome, StreamWrite, Write } from '../append.ts'
import type { Expected } from '../check.ts'

export type ModelEvent = { readonly stream: string; readonly id: string; readonly type: string; readonly data: string }

type Verdict = 'fresh' | 'repeated' | 'wrong' | 'tombstoned'
type Metadata = { readonly $tb?: number; readonly $maxCount?: number }

const DELETED = 2 ** 63
const deletedData = '{"$tb":9223372036854775807}'

export class Model {
  readonly log: ModelEvent[] = []
  readonly #tombstones = new Set<string>()

  /** Events of a stream without its tombstone; the index is the revision. */
  #events(stream: string): ModelEvent[] {
    return this.log.filter((event) => event.stream === stream && event.type !== '$streamDeleted')
  }

  #last(stream: string): number {
    return this.#events(stream).length - 1
  }

  #metadata(stream: string): Metadata {
    if (stream.startsWith('$$')) return { $maxCount: 1 }
    return JSON.parse(this.#events(`$$${stream}`).at(-1)?.data ?? '{}') as Metadata
  }

  #isSoftDeleted(stream: string): boolean {
    return (this.#metadata(stream).$tb ?? 0) >= DELETED
  }

  #isTombstoned(stream: string): boolean {
    return this.#tombstones.has(stream) || (stream.startsWith('$$') && this.#isTombstoned(stream.slice(2)))
  }

  /** The revisions that a read of the stream shows; a word when it shows none at all. */
  visible(stream: string): number[] | 'tombstoned' | 'absent' {
    if (this.#isTombstoned(stream)) return 'tombstoned'
    const last = this.#last(stream)
    if (last < 0 || this.#isSoftDeleted(stream)) return 'absent'
    const { $tb = 0, $maxCount = Number.POSITIVE_INFINITY } = this.#metadata(stream)
    return this.#events(stream).flatMap((_, n) => (n >= $tb && n > last - $maxCount ? [n] : []))
  }

  write(write: Write): Omit<Outcome, 'position'> {
    return write.type === 'append' ? this.#append(write.writes) : this.#remove(write)
  }

  #append(writes: readonly StreamWrite[]): Omit<Outcome, 'position'> {
    const verdicts = writes.map(({ stream, expected, events }) =>
      this.#judge(
        stream,
        expected,
        events.map(({ id }) => id),
      ),
    )
    const at = (verdict: Verdict): StreamWrite | undefined => writes[verdicts.indexOf(verdict)]
    const tombstoned = at('tombstoned')
    if (tombstoned) return { type: 'tombstoned', stream: tombstoned.stream } as Omit<Outcome, 'position'>
    const refused = at('wrong') ?? (new Set(verdicts).size > 1 ? at('repeated') : undefined)
    if (refused) return this.#wrong(refused.stream, refused.expected)
    if (verdicts[0] === 'repeated') {
      const revisions = writes.map(({ stream, expected, events }) => {
        if (typeof expected === 'number') return expected + events.length
        if (expected === 'no-stream') return events.length - 1
        return this.#events(stream).findLastIndex(({ id }) => id === events.at(-1)?.id)
      })
      return { type: 'written', revisions } as Omit<Outcome, 'position'>
    }
    for (const { stream, events } of writes) this.#put(stream, events)
    return { type: 'written', revisions: writes.map(({ stream }) => this.#last(stream)) } as Omit<Outcome, 'position'>
  }

  #judge(stream: string, expected: Expected, ids: readonly string[]): Verdict {
    if (this.#isTombstoned(stream)) return 'tombstoned'
    const last = this.#last(stream)
    const exists = !this.#isSoftDeleted(stream) && (last >= 0 || this.#last(`$$${stream}`) >= 0)
    if (expected === 'stream-exists' && !exists) return 'wrong'
    if (expected === 'any' || expected === 'stream-exists') {
      const known = ids.map((id) => this.log.findLast((event) => event.id === id)?.stream === stream)
      if (!known[0]) return 'fresh'
      return known.every(Boolean) ? 'repeated' : 'wrong'
    }
    const from = expected === 'no-stream' ? -1 : expected
    if (from === last) return 'fresh'
    if (from > last) return 'wrong'
    const stored = this.#events(stream).slice(from + 1, from + 1 + ids.length)
    const same = ids.map((id, n) => stored[n]?.id === id)
    if (same.length > 0 && same.every(Boolean)) return 'repeated'
    return !same[0] && from === -1 && this.#isSoftDeleted(stream) ? 'fresh' : 'wrong'
  }

  #put(stream: string, events: readonly { id: string; type: string; data: Uint8Array }[]): void {
    const undeleted = this.#isSoftDeleted(stream) ? stream : undefined
    const described = stream.startsWith('$$') ? stream.slice(2) : undefined
    const restored = described !== undefined && this.#isSoftDeleted(described) ? described : undefined
    const firstNew = this.#last(stream) + 1
    for (const { id, type, data } of events) this.log.push({ stream, id, type, data: Buffer.from(data).toString() })
    if (undeleted !== undefined) this.#setTruncateBefore(undeleted, firstNew)
    if (restored !== undefined) this.#setTruncateBefore(restored, this.#last(restored) + 1)
  }

  #setTruncateBefore(stream: string, $tb: number): void {
    const data = JSON.stringify({ ...this.#metadata(stream), $tb })
    this.log.push({ stream: `$$${stream}`, id: '', type: '$metadata', data })
  }

  #remove({ type, stream, expected }: { type: 'delete' | 'tombstone'; stream: string; expected: Expected }) {
    const verdict = this.#judge(stream, expected, ['a new id'])
    if (verdict === 'tombstoned') return { type: 'tombstoned', stream } as Omit<Outcome, 'position'>
    const never = this.#last(stream) < 0 && this.#last(`$$${stream}`) < 0
    if (verdict === 'wrong' || (type === 'delete' && never)) return this.#wrong(stream, expected)
    if (type === 'tombstone') this.#tombstones.add(stream)
    if (type === 'tombstone') this.log.push({ stream, id: '', type: '$streamDeleted', data: '' })
    else this.log.push({ stream: `$$${stream}`, id: '', type: '$metadata', data: deletedData })
    return { type: 'written', revisions: [this.#last(stream)] } as Omit<Outcome, 'position'>
  }

  #wrong(stream: string, expected: Expected): Omit<Outcome, 'position'> {
    return { type: 'wrong-revision', stream, expected, actual: this.#last(stream) } as Omit<Outcome, 'position'>
  }
}
