import type { Organization, Partnership, Role, Segment, SegmentName } from './organization.ts'

export interface MerchantPartner extends Partnership {
  merchant: Organization
}

/** Who may call, and with which key it does. */
export interface Caller {
  organization: Organization
  /** The key's id, `key-…`. */
  keyId: string
  /** From then on the key is nobody's; null: never. */
  expiresAt: Date | null
}

/** All organizations and what they are allowed, at one moment. Never changes. */
export interface Snapshot {
  version: number
  byId(id: string): Organization | undefined
  byNumber(number: number): Organization | undefined
  /** Whose unrevoked key it is, by the key's SHA-256 in lower-case hex. It may have expired. */
  callerOf(keyHash: string): Caller | undefined
  segment(merchant: number, name: SegmentName): Segment | undefined
  /** Undefined when nobody ever set it, which means `available`. */
  partnership(publisher: number, merchant: number): Partnership | undefined
  /** Whatever their status, by the merchant's number. */
  partnersOf(publisher: number): readonly MerchantPartner[]
  /** By number, which is by age. */
  organizations(): readonly Organization[]
  merchants(): readonly Organization[]
  publishers(): readonly Organization[]
}

/** The rows that a snapshot is made of, sorted by number. */
export interface SnapshotRows {
  version: number
  organizations: Organization[]
  segments: (Segment & { merchant: number })[]
  partnerships: (Partnership & { publisher: number; merchant: number })[]
  keys: { id: string; hash: string; organization: number; expires_at: Date | null }[]
}

export function createSnapshot(rows: SnapshotRows): Snapshot {
  const byId = new Map(rows.organizations.map((each) => [each.id, each]))
  const byNumber = new Map(rows.organizations.map((each) => [each.number, each]))
  const byKey = new Map<string, Caller>()
  for (const { id: keyId, hash, organization: number, expires_at: expiresAt } of rows.keys) {
    const organization = byNumber.get(number)
    if (organization) byKey.set(hash, { organization, keyId, expiresAt })
  }
  const segments = new Map(
    rows.segments.map(({ id, name, merchant }) => [`${merchant} ${name}`, { id, name }]),
  )
  const partnerships = new Map<string, Partnership>()
  const partners = new Map<number, MerchantPartner[]>()
  for (const { publisher, merchant, ...partnership } of rows.partnerships) {
    const [left, right] = [byNumber.get(publisher), byNumber.get(merchant)]
    if (!left || !right) continue
    partnerships.set(`${publisher} ${merchant}`, partnership)
    append(partners, publisher, { merchant: right, ...partnership })
  }
  const ofRole = (role: Role) => rows.organizations.filter((each) => each.role === role)
  const merchants = ofRole('merchant')
  const publishers = ofRole('publisher')
  return {
    version: rows.version,
    byId: (id) => byId.get(id),
    byNumber: (number) => byNumber.get(number),
    callerOf: (keyHash) => byKey.get(keyHash),
    segment: (merchant, name) => segments.get(`${merchant} ${name}`),
    partnership: (publisher, merchant) => partnerships.get(`${publisher} ${merchant}`),
    partnersOf: (publisher) => partners.get(publisher) ?? [],
    organizations: () => rows.organizations,
    merchants: () => merchants,
    publishers: () => publishers,
  }
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
