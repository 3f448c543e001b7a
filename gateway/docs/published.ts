import type { ActivePolicy } from '../active-policy.ts'
import { mergedDocument, type ServiceDocument } from './merge.ts'

const rememberMs = 5_000
const answerWithinMs = 2_000

/**
 * The description of everything that is published, as JSON. The services are asked when somebody asks, but not more often than
 * every few seconds; of one that is away the last answer stands, and without any it is missing.
 */
export function publishedDocument(
  upstreams: ReadonlyMap<string, readonly URL[]>,
  active: () => ActivePolicy,
): () => Promise<string> {
  const documents = new Map<string, ServiceDocument>()
  let asked: { readonly at: number; readonly answer: Promise<unknown> } | null = null

  const ask = () =>
    Promise.all(
      [...upstreams].map(async ([service, urls]) => {
        const document = await Promise.any(urls.map(documentOf)).catch(() => null)
        if (document !== null) documents.set(service, document)
      }),
    )

  return async () => {
    const now = performance.now()
    if (asked === null || now - asked.at > rememberMs) asked = { at: now, answer: ask() }
    await asked.answer
    const { policy, find } = active()
    const inOrder = new Map(
      [...upstreams.keys()].flatMap((service) => {
        const document = documents.get(service)
        return document === undefined ? [] : [[service, document] as const]
      }),
    )
    return JSON.stringify(mergedDocument(inOrder, policy, find))
  }
}

async function documentOf(url: URL): Promise<ServiceDocument> {
  const answer = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(answerWithinMs) })
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return (await answer.json()) as ServiceDocument
}
