/** Is a one-time code asked for when one signs in? Read off the history of the factor itself, which is short. */
import { type EventStore, eventOf } from '@bizosaas/event-store'
import { get, Instant, type Route } from '@bizosaas/http'
import { type DomainEvent, metadataFromStored, streamName } from '@bizosaas/schemas'
import { type Static, Type } from 'typebox'
import { Nullable } from '../nullable.ts'
import { oneself } from './oneself.ts'

const SecondFactor = Type.Object(
  {
    state: Type.Enum(['none', 'enrolled', 'confirmed'], {
      description: 'Enrolled is one that counts once a code has confirmed it',
    }),
    since: Nullable(Instant),
    recoveryCodesUsed: Type.Integer(),
  },
  { title: 'SecondFactor' },
)
type SecondFactor = Static<typeof SecondFactor>

const none: SecondFactor = { state: 'none', since: null, recoveryCodesUsed: 0 }

export const secondFactorRoutes = (store: Pick<EventStore, 'readStream'>): Route[] => [
  get('/v1/me/second-factor', {
    may: 'self:read',
    summary: 'Read whether a one-time code is asked for when one signs in',
    answer: SecondFactor,
    run: async (request) => {
      const [userId] = oneself(request)
      let factor = none
      for await (const stored of store.readStream(streamName('secondFactor', request.principal.tenantId, userId))) {
        factor = evolve(factor, eventOf<FactorEvent>(stored).type, metadataFromStored(stored.metadata).recordedAt)
      }
      return factor
    },
  }),
]

type FactorEvent = DomainEvent<
  'SecondFactorEnrolled' | 'SecondFactorConfirmed' | 'SecondFactorRemoved' | 'RecoveryCodeUsed'
>

function evolve(factor: SecondFactor, type: FactorEvent['type'], since: string): SecondFactor {
  switch (type) {
    case 'SecondFactorEnrolled':
      return { state: 'enrolled', since, recoveryCodesUsed: 0 }
    case 'SecondFactorConfirmed':
      return { ...factor, state: 'confirmed', since }
    case 'RecoveryCodeUsed':
      return { ...factor, recoveryCodesUsed: factor.recoveryCodesUsed + 1 }
    case 'SecondFactorRemoved':
      return none
  }
}
