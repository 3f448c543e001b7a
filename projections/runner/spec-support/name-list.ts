import { CampaignId } from '@bizosaas/schemas'
import { fold, type Owned, type Projection } from '../projection.ts'

/** The smallest fold that can create, change, remove and fail, for tests of what is around the handlers. */
export type NameRow = Owned & {
  readonly id: string
  readonly names: string
  readonly revision: number
  readonly details: { readonly by: string } | null
}

/** The handler refuses this name, and so does the database the one after it: no text may hold U+0000. */
export const poison = 'poison'
export const unstorable = 'un\0storable'

/** @param mended takes the poison as well, as a later release of the same handler would */
export function nameList(name = 'name-list', version = 1, { mended = false } = {}): Projection {
  const accepted = (written: string): string => {
    if (written === poison && !mended) throw new Error('This name is poison.')
    return written
  }
  return fold<NameRow>({
    name,
    version,
    table: new URL('./name-list.sql', import.meta.url),
    id: (event) => CampaignId.parse('campaignId' in event.data ? event.data.campaignId : null),
    on: {
      CampaignCreated: (_, { tenantId, clientId, data, revision, actor }) => ({
        tenant_id: tenantId,
        client_id: clientId,
        id: data.campaignId,
        names: accepted(data.name),
        revision,
        details: { by: actor },
      }),
      CampaignRenamed: (row, { data, revision }) => {
        if (row === null) throw new Error('There is no such campaign.')
        return { ...row, names: `${row.names},${accepted(data.name)}`, revision }
      },
      CampaignArchived: () => null,
    },
  })
}
