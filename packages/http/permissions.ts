/**
 * Who may do what: the one table. Roles follow the presets of LinkedIn's ad accounts; `operator` runs the system and
 * sees no figures, `service` is another program, such as an importer or a sync.
 */
export const roles = [
  'owner',
  'accountManager',
  'campaignManager',
  'creativeManager',
  'billingAdmin',
  'analyst',
  'viewer',
  'operator',
  'service',
] as const

export type Role = (typeof roles)[number]

const managers = ['owner', 'accountManager', 'campaignManager'] as const
const approvers = ['owner', 'accountManager'] as const
const readers = [...managers, 'creativeManager', 'billingAdmin', 'analyst', 'viewer', 'service'] as const

export const permissions = {
  'campaign:read': readers,
  'campaign:create': managers,
  'campaign:rename': managers,
  'campaign:submit': [...managers, 'creativeManager'],
  'campaign:approve': approvers,
  'campaign:reject': approvers,
  'campaign:schedule': managers,
  'campaign:activate': managers,
  'campaign:pause': managers,
  'campaign:resume': managers,
  'campaign:complete': managers,
  'campaign:archive': managers,
  'campaign:cancel': managers,
  'campaign:link': [...managers, 'service'],
  'budget:revise': ['owner', 'accountManager', 'billingAdmin'],
  'adAccount:register': [...approvers, 'service'],
  'metrics:read': readers,
  'metrics:observe': [...approvers, 'service'],
  'projection:read': ['owner', 'accountManager', 'operator', 'service'],
  'projection:operate': ['operator'],
  'stream:read': readers,
  'client:read': readers,
  'client:create': approvers,
  'client:rename': approvers,
  'client:activate': approvers,
  'client:suspend': approvers,
  'client:offboard': approvers,
  'user:read': approvers,
  'user:invite': approvers,
  'user:lock': approvers,
  'user:unlock': approvers,
  'user:deactivate': approvers,
  'user:erase': ['owner'],
  'user:export': ['owner'],
  'secondFactor:remove': ['owner'],
  'session:read': ['owner'],
  'membership:assign': approvers,
  'membership:revoke': approvers,
  'invitation:withdraw': approvers,
  // The sign-in page, for somebody who has no token yet.
  'invitation:accept': ['service'],
  'password:check': ['service'],
  'role:read': approvers,
  'role:define': ['owner'],
  'role:revise': ['owner'],
  'role:retire': ['owner'],
  'application:read': ['owner'],
  'application:register': ['owner'],
  'application:rotateSecret': ['owner'],
  'application:retire': ['owner'],
  // About oneself, whoever that is.
  'self:read': [...readers, 'operator'],
  'self:edit': [...readers, 'operator'],
  // Of one's own tenant: an owner sees what was done in the agency, an operator what was done with the system.
  'auditTrail:read': ['owner', 'operator'],
  // Agencies as such are looked after by those who run the system.
  'agency:read': ['operator'],
  'agency:provision': ['operator'],
  'agency:activate': ['operator'],
  'agency:suspend': ['operator'],
  'agency:offboard': ['operator'],
  'routePolicy:read': ['operator'],
  'routePolicy:draft': ['operator'],
  'routePolicy:revise': ['operator'],
  'routePolicy:publish': ['operator'],
  'routePolicy:retire': ['operator'],
  // What is of all tenants at once, such as the text of an error: it may quote any of them.
  'system:read': ['operator'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** What somebody holds: roles of this table, and what roles of their agency's own carry beside them. */
export type Rights = { readonly roles: readonly Role[]; readonly permissions: readonly Permission[] }

/** The one check of who may do what. */
export const isAllowed = (held: Rights, permission: Permission): boolean =>
  held.permissions.includes(permission) || held.roles.some((role) => carries(role, permission))

const carries = (role: Role, permission: Permission) => (permissions[permission] as readonly Role[]).includes(role)

/** A role of an agency may hold what an owner may do, and nothing of those who run the system. */
export const grantable: readonly Permission[] = (Object.keys(permissions) as Permission[]).filter((each) =>
  carries('owner', each),
)
