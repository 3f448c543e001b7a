/** So many differing rows of a tenant are stored; all are counted, and are in the digest. */
export const keptPerTenant = 1_000
