/** Everything that is kept about a person, as a file to be handed to them. */
import { type EventStore, eventOf, type StoredEvent } from '@bizosaas/event-store'
import { get, Instant, type Request, type Route, reply, Uuid } from '@bizosaas/http'
import { type Category, type DomainEvent, metadataFromStored, type Sealed, streamName } from '@bizosaas/schemas'
import type { Opener, SealedField } from '@bizosaas/sealed'
import { Type } from 'typebox'
import { oneself } from './oneself.ts'
import { openNothing } from './person.ts'
import { Session, type SessionsOf } from './sessions.ts'
import { Person, type PersonOf } from './users.ts'

const Export = Type.Object(
  {
    ...Person,
    sessions: Type.Array(Session, { description: 'Where the person is signed in, or was, the latest first' }),
    history: Type.Array(
      Type.Object({ type: Type.String(), recordedAt: Instant, recordedBy: Type.String(), data: Type.Unknown() }),
      { description: 'What was recorded about the person, in order; what is sealed is opened' },
    ),
  },
  { title: 'PersonExport' },
)

/** Streams that are about one person, by their id. */
const categories = ['user', 'membership', 'secondFactor', 'identityLink'] as const satisfies readonly Category[]

export function exportRoutes(personOf: PersonOf, sessionsOf: SessionsOf, open: Opener, store: EventStore): Route[] {
  const exportOf = async (request: Request, id: string) => {
    // First of all, for it says who may see the person.
    const { user, membership } = await personOf({ ...request, query: {} }, id)
    const { tenantId } = request.principal
    const stored: StoredEvent[] = []
    for (const category of categories)
      for await (const event of store.readStream(streamName(category, tenantId, id))) stored.push(event)
    stored.sort((one, other) => one.position - other.position)
    // Who is to be erased is read by nobody, also before the keys are gone.
    const opening = user.state === 'erased' ? openNothing : open
    const history = await openEvents(opening, stored)
    const sessions = await sessionsOf(request, id, opening)
    return reply({ user, membership, sessions, history }, 200, {
      'Content-Disposition': `attachment; filename="person-${id}.json"`,
    })
  }

  return [
    get('/v1/users/{id}/export', {
      may: 'user:export',
      summary: 'Get everything that is kept about a person, as a file',
      params: { id: Uuid },
      answer: Export,
      run: (request) => exportOf(request, request.params.id),
    }),
    get('/v1/me/export', {
      may: 'self:read',
      summary: 'Get everything that is kept about oneself, as a file',
      answer: Export,
      run: (request) => {
        const [userId, asked] = oneself(request)
        return exportOf(asked, userId)
      },
    }),
  ]
}

async function openEvents(open: Opener, stored: readonly StoredEvent[]) {
  const events = stored.map((each) => ({
    event: eventOf<DomainEvent>(each),
    metadata: metadataFromStored(each.metadata),
  }))
  const sealed = events.flatMap(({ event }) => sealedIn(event.data))
  const texts = await open(sealed)
  const opened = new Map(sealed.map(({ sealed: box }, n) => [box, texts[n] ?? null]))
  return events.map(({ event: { type, data }, metadata: { recordedAt, actor } }) => {
    const said = Object.entries(data).map(([field, value]) => [field, isSealed(value) ? opened.get(value) : value])
    return { type, recordedAt, recordedBy: actor, data: Object.fromEntries(said) }
  })
}

/**
 * In events, each is sealed under its field's name. A secret is not told: whoever came by the file could make the person's one-time
 * codes.
 */
function sealedIn(data: object): readonly SealedField[] {
  return Object.entries(data).flatMap(([field, value]) =>
    isSealed(value) && field !== 'secret' ? [{ field, sealed: value }] : [],
  )
}

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && 'subject' in value && 'keyVersion' in value && 'bytes' in value
