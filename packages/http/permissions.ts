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
  // What is of all tenants at once, such as the text of an error: it may quote any of them.
  'system:read': ['operator'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** Whether one of the roles carries the permission. */
export const isAllowed = (held: readonly Role[], permission: Permission): boolean =>
  held.some((role) => (permissions[permission] as readonly Role[]).includes(role))
