import { nameBasedUuid } from './uuid.ts'

/** A stream that one version of a read model has set aside, because one of its events cannot be applied. */
export type ParkedStream = {
  readonly model: string
  readonly version: number
  readonly stream: string
}

/** Fixed for ever: orders of operators are kept in streams that are named by it. */
const namespace = Buffer.from('7d0f4c5e1b3a4e2f9c6d8a5b0e4f7c21', 'hex')

/** How a parked stream is called in addresses, and where orders about it are kept. */
export function parkedStreamId({ model, version, stream }: ParkedStream): string {
  return nameBasedUuid(namespace, [model, version, stream])
}
