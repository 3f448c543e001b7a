/**
 * What the system needs of an event store.
 *
 *   stream     events of one aggregate, numbered by `revision` from 0
 *   $all       every event of every stream in the order of commits, numbered by `position`: ascending, with gaps
 */
export interface EventStore {
  /**
   * The events of a stream from `fromRevision` (default 0) to its end, or the first `maxCount` of these, in order; none if
   * there is no such stream. To be read to the end: whoever wants fewer says so, since a read that is left early goes on.
   * @throws StoreUnavailable
   */
  readonly readStream: (
    stream: string,
    options?: { readonly fromRevision?: number; readonly maxCount?: number },
  ) => AsyncIterable<StoredEvent>
  /**
   * Appends to one stream or, all or nothing, to several. Acknowledged means on disk. Appending the same ids again at
   * the same revisions answers as the first time and adds nothing.
   * @throws WrongRevision and nothing was appended; StoreUnavailable and whether anything was is not known: try again
   */
  readonly append: (writes: readonly Write[]) => Promise<Appended>
  /**
   * Up to `maxCount` events of $all from the position `from`, inclusive, or from the start. Streams of the store itself,
   * whose names start with $, are among them. Fewer than `maxCount` means the end.
   * @throws StoreUnavailable
   */
  readonly readAll: (options: AllFrom) => Promise<StoredEvent[]>
  /**
   * The events of `readAll` as they come, at least one at a time: the store makes the next ones while these are dealt with. To be read
   * to the end, or until the store is closed, since a read that is left early goes on.
   * @throws StoreUnavailable
   */
  readonly pagesOfAll: (options: AllFrom) => AsyncIterable<readonly StoredEvent[]>
  /**
   * Yields what is committed after `after`, as it comes; ends when `signal` is aborted. It is a doorbell: the events
   * themselves are read with `readAll`.
   * @throws StoreUnavailable when the connection is lost
   */
  readonly subscribeToAll: (options: {
    readonly after: number | 'end'
    readonly signal: AbortSignal
  }) => AsyncIterable<Pick<StoredEvent, 'stream' | 'type' | 'position'>>
  /** Position of the last event of $all, -1 if there is none. @throws StoreUnavailable */
  readonly head: () => Promise<number>
  readonly close: () => Promise<void>
}

/** A stretch of $all. */
export interface AllFrom {
  readonly from: number | 'start'
  readonly maxCount: number
}

export interface NewEvent {
  /** A UUID; with it the store recognises a repeated append. */
  readonly id: string
  readonly type: string
  /** As JSON has it; see `canonical` in @bizosaas/schemas. */
  readonly data: object
  readonly metadata: Readonly<Record<string, string>>
}

export interface Write {
  readonly stream: string
  /** Revision of the stream's last event. */
  readonly expected: number | 'no-stream'
  readonly events: readonly NewEvent[]
}

export interface Appended {
  /** Of the last event appended. */
  readonly position: number
  /** Of each stream's last event, in the order of the writes. */
  readonly revisions: readonly number[]
}

export interface StoredEvent {
  readonly stream: string
  readonly revision: number
  readonly position: number
  readonly id: string
  readonly type: string
  /** The data as stored: JSON. */
  readonly bytes: Uint8Array
  /** As stored; empty if it is not a JSON object. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** When the store took it, by its own clock, in milliseconds since 1970. Nothing is decided by it. */
  readonly createdAt?: number
}
