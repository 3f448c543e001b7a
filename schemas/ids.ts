/** Ids are UUIDs. Their brands keep a campaign's id from being passed where a client's is meant. */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type TenantId = Id<'TenantId'>
export type ClientId = Id<'ClientId'>
export type CampaignId = Id<'CampaignId'>
export type AdAccountId = Id<'AdAccountId'>
export type UserId = Id<'UserId'>
export type RoleId = Id<'RoleId'>
export type InvitationId = Id<'InvitationId'>

export const TenantId = idOf<TenantId>('tenant id')
export const ClientId = idOf<ClientId>('client id')
export const CampaignId = idOf<CampaignId>('campaign id')
export const AdAccountId = idOf<AdAccountId>('ad account id')
export const UserId = idOf<UserId>('user id')
export const RoleId = idOf<RoleId>('role id')
export const InvitationId = idOf<InvitationId>('invitation id')

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** RFC 9562 reads either case and writes lower case, so that one id has one spelling in streams and keys. */
function idOf<Branded extends Id<string>>(what: string) {
  return {
    /** @throws TypeError if the text is not a UUID */
    parse(text: unknown): Branded {
      const id = typeof text === 'string' ? text.toLowerCase() : ''
      if (!uuid.test(id)) throw new TypeError(`A ${what} is a UUID, not ${JSON.stringify(text)}.`)
      return id as Branded
    },
  }
}
