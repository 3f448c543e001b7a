/**
 * Keys of people, one person (`subject`) at a time and in versions: the latest seals, each opens what it sealed. A key
 * exists from its first use until it is destroyed, and then never again.
 */
export interface KeyStore {
  /** Made on first use. @throws SubjectErased; StoreUnavailable */
  readonly sealingKey: (subject: string) => Promise<DataKey>
  /** In the order asked for; null for a key that is destroyed, or never was. @throws StoreUnavailable */
  readonly openingKeys: (refs: readonly KeyRef[]) => Promise<readonly (Buffer | null)[]>
  /** Seals with a new key from now on. @throws SubjectErased; StoreUnavailable */
  readonly rotate: (subject: string) => Promise<DataKey>
  /** For good. Asked again, it answers as the first time. @throws StoreUnavailable */
  readonly destroy: (subject: string, by: string) => Promise<Destroyed>
}

export interface KeyRef {
  readonly subject: string
  readonly version: number
}

export interface DataKey extends KeyRef {
  /** For AES-256. */
  readonly key: Buffer
}

export interface Destroyed {
  readonly subject: string
  /** Of the keys that there were. */
  readonly versions: readonly number[]
  readonly destroyedAt: string
  readonly destroyedBy: string
}
