import { identifiersOf, isHash, joinDates, keyOf, takeOver, wordOf } from './history-customer.ts'
import type { Customer, Dates } from './history-customer.ts'
import { Removals } from './history-removals.ts'

/**
 * What must be so after a history of calls, orders and imports, found by going through all of it. Slow
 * and plain on purpose, and without a line of the program's: the program is compared with it.
 *
 * Of each customer it keeps whose word is what: that of calls and orders together, and that of each
 * import by itself. Everything else is derived from that anew each time.
 */
export interface Row {
  /** Null where it can't be read. */
  id: string | null
  /** SHA-256 hashes of addresses, and advertising ids. */
  identifiers: string[]
  first: string | null
  last: string | null
  /** Whether it is rejected as soon as the file is read. */
  isBroken: boolean
}

export interface ImportOptions {
  kind: 'purchasers' | 'accounts' | null
  mode: 'merge' | 'replace'
  isQuiet: boolean
}

export interface Outcome {
  rows: number
  created: number
  updated: number
  unchanged: number
  rejected: number
  removed: number
}

/** An import, and how many of those before it changed their segment at a merchant, if only for a moment. */
export type Imported = Outcome & { changes: number | null }
type Status = 'created' | 'updated' | 'unchanged' | 'rejected'

interface Order {
  merchant: number
  /** The customer's key; null for nobody, and once the customer was erased. */
  customer: string | null
  at: number
  isDeleted: boolean
}

/** What can be the evidence of an earlier purchase. */
export type Purchase =
  | { source: 'order'; at: number; order: string }
  | ({ source: 'import'; at: number; import: string } & Dates)

export interface Verdict {
  segment: 'new' | 'active'
  matched: 'customer_id' | 'email_sha256' | 'advertising_id' | null
  /** Which of them is named depends on how identifiers are sealed, and is left open. */
  evidence: Purchase[]
}

/** A change of segment. */
interface Moved {
  key: string
  merchant: number
}

/** The same as its organization is told of it. */
export interface Told {
  merchant: number
  previous: string
  current: string
  cause: string
  isQuiet: boolean
  at: number
}

export interface Place {
  /** By number; publishers and merchants in one list. */
  organization: number
  id: string
}

// As documented: beyond these an identifier matches nobody, or is refused.
const SHARED = 100
const MOST_HOLDERS = 1_000
const MOST_IDENTIFIERS = 1_000
// Rows that are written in one tx; whom they move is told once.
const PART = 1_000

export class Model {
  readonly #roles: ('publisher' | 'merchant')[]
  #customers = new Map<string, Customer>()
  #orders = new Map<string, Order>()
  #told = new Map<string, Told[]>()
  #removals = new Removals()

  readonly #tells: boolean

  /** One that doesn't tell of moves and judges nothing is quick enough for thousands. */
  constructor(roles: ('publisher' | 'merchant')[], { tells = true } = {}) {
    this.#roles = roles
    this.#tells = tells
  }

  /** Another that knows the same, to see what would happen. */
  copy(): Model {
    const copy = new Model(this.#roles, { tells: this.#tells })
    copy.#customers = structuredClone(this.#customers)
    copy.#orders = structuredClone(this.#orders)
    copy.#told = structuredClone(this.#told)
    copy.#removals = this.#removals.copy()
    return copy
  }

  report({ organization, id }: Place, identifiers: string[], replaces: boolean, at: number): void {
    this.#move({ cause: 'customer', at }, () => {
      const customer = this.#meet(organization, id)
      if (replaces) {
        this.#removals.overrule(keyOf(organization, id))
        for (const gift of customer.gifts.values()) gift.identifiers.clear()
      }
      customer.direct = new Set([...(replaces ? [] : (customer.direct ?? [])), ...identifiers])
    })
  }

  /** Answers whether the customer was there. */
  erase({ organization, id }: Place, at: number): boolean {
    const key = keyOf(organization, id)
    const wasThere = this.#customers.has(key)
    this.#move({ cause: 'erasure', at }, () => this.#forget(key))
    this.#removals.erase(key)
    for (const order of this.#orders.values()) if (order.customer === key) order.customer = null
    return wasThere
  }

  /** Answers what the order must be judged. A guest has one identifier at most. */
  order(
    name: string,
    { merchant, id, identifiers }: { merchant: number; id: string | null; identifiers: string[] },
    at: number,
  ): Verdict {
    const guest = identifiers.length > 0 ? `guest ${identifiers[0]}` : null
    const key = id !== null ? keyOf(merchant, id) : guest && keyOf(merchant, guest)
    if (key === null) {
      this.#orders.set(name, { merchant, customer: null, at, isDeleted: false })
      return { segment: 'new', matched: null, evidence: [] }
    }
    let verdict: Verdict = { segment: 'new', matched: null, evidence: [] }
    this.#move({ cause: 'order', at }, () => {
      const customer = this.#customers.get(key) ?? this.#create(key, merchant, id)
      customer.direct = new Set([...(customer.direct ?? []), ...identifiers])
      if (this.#tells) verdict = this.#judge(key, customer)
      this.#orders.set(name, { merchant, customer: key, at, isDeleted: false })
    })
    return verdict
  }

  cancel(name: string, at: number): void {
    const order = this.#orders.get(name)!
    this.#move({ cause: 'order-deleted', at }, () => {
      order.isDeleted = true
    })
  }

  /** A file as it is imported, or as much of it as its first rows. */
  import(
    organization: number,
    name: string,
    rows: Row[],
    options: ImportOptions & { isCut?: boolean },
    at: number,
  ): Imported {
    const { isQuiet, mode, isCut = false } = options
    const counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
    const named = new Set<string>()
    // A preview tells a merchant of its own customers, and a publisher of none.
    const isMerchant = this.#roles[organization] === 'merchant'
    const moved = new Set<string>()
    const before = new Set(this.#customers.keys())
    const add = (moves: Moved[]): void => {
      const own = moves.filter(
        ({ key }) => before.has(key) && key.startsWith(keyOf(organization, '')),
      )
      for (const { key } of isMerchant ? own : []) moved.add(key)
    }
    const cause = { cause: 'import', at, ...(isQuiet && { quietFor: organization }) }
    for (let from = 0; from < rows.length; from += PART) {
      const its = this.#move(cause, () => {
        const holders = this.#countHolders(organization)
        for (const row of rows.slice(from, from + PART)) {
          const taking = { organization, name, options, at, holders }
          const status = this.#take(row, taking)
          counts[status]++
          if (row.id !== null) named.add(keyOf(organization, row.id))
        }
      })
      add(its)
    }
    let removed = 0
    if (mode === 'replace' && !isCut) {
      this.#removals.replaceEarlier(organization, name)
      const its = this.#move(cause, () => {
        removed = this.#takeBack(name, (key, customer, gift) => {
          if (customer.organization !== organization || gift === name) return false
          return customer.gifts.has(name) || !named.has(key)
        })
      })
      add(its)
    }
    return { rows: rows.length, ...counts, removed, changes: isMerchant ? moved.size : null }
  }

  /** Answers from how many customers something was taken back, and to how many it was given back. */
  undo(organization: number, name: string, at: number, isQuiet: boolean) {
    const cause = { cause: 'import', at, ...(isQuiet && { quietFor: organization }) }
    const restored = new Set<string>()
    this.#move(cause, () => {
      for (const { key, id, gifts } of this.#removals.undo(name)) {
        if (gifts.size === 0) continue
        const customer = this.#customers.get(key) ?? this.#create(key, organization, id)
        for (const [gift, word] of gifts) customer.gifts.set(gift, word)
        restored.add(key)
      }
    })
    let undone = 0
    this.#move(cause, () => {
      undone = this.#takeBack(null, (_key, _customer, gift) => gift === name)
    })
    return { undone, restored: restored.size }
  }

  /** What is answered of a customer; undefined: a 404. */
  read(place: Place) {
    return this.#answer(place, this.#standings())
  }

  /** What was told of a customer since it came to be. */
  told({ organization, id }: Place): Told[] {
    return this.#told.get(keyOf(organization, id)) ?? []
  }

  /** Of each organization: its customers, all their identifiers, and where they are active; with guests. */
  count(): { customers: number; identifiers: number; active: Record<number, number> }[] {
    const standings = this.#standings()
    return this.#roles.map((_, organization) => {
      const its = [...this.#customers].filter(([, each]) => each.organization === organization)
      const merchants = its.flatMap(([key]) => [...standings.get(key)!])
      return {
        customers: its.length,
        identifiers: its.reduce((sum, [, each]) => sum + identifiersOf(each).size, 0),
        active: Object.fromEntries(
          [...Map.groupBy(merchants, (merchant) => merchant)].map(([at, all]) => [at, all.length]),
        ),
      }
    })
  }

  /** What is answered of all these customers, as `read` says. */
  readAll(places: Place[]): ReturnType<Model['read']>[] {
    const standings = this.#standings()
    return places.map((place) => this.#answer(place, standings))
  }

  /** All customers that can be asked for. */
  list(): Place[] {
    return [...this.#customers.values()].flatMap(({ organization, id }) =>
      id === null ? [] : [{ organization, id }],
    )
  }

  #answer({ organization, id }: Place, standings: Map<string, Set<number>>) {
    const key = keyOf(organization, id)
    const customer = this.#customers.get(key)
    if (!customer) return undefined
    return {
      identifiers: [...identifiersOf(customer)].sort(),
      active: [...(standings.get(key) ?? [])].sort((a, b) => a - b),
    }
  }

  #meet(organization: number, id: string): Customer {
    const key = keyOf(organization, id)
    return this.#customers.get(key) ?? this.#create(key, organization, id)
  }

  #create(key: string, organization: number, id: string | null): Customer {
    const customer = { id, organization, direct: null, gifts: new Map() }
    this.#customers.set(key, customer)
    return customer
  }

  #forget(key: string): void {
    this.#customers.delete(key)
    this.#told.delete(key)
  }

  /** Does something, and notes whom it moves: whoever was there before and is still. */
  #move(why: { cause: string; at: number; quietFor?: number }, change: () => void): Moved[] {
    if (!this.#tells) {
      change()
      return []
    }
    const customers = new Map(this.#customers)
    const before = this.#standings()
    change()
    const after = this.#standings()
    const moved: Moved[] = []
    for (const [key, customer] of this.#customers) {
      if (customers.get(key) !== customer) continue
      const [was, is] = [before.get(key)!, after.get(key)!]
      const merchants = [...was.symmetricDifference(is)].sort((a, b) => a - b)
      moved.push(...merchants.map((merchant) => ({ key, merchant })))
      // There is no id to tell of a guest by.
      if (customer.id === null || merchants.length === 0) continue
      const told = merchants.map((merchant) => ({
        merchant,
        previous: was.has(merchant) ? 'active' : 'new',
        current: is.has(merchant) ? 'active' : 'new',
        cause: why.cause,
        isQuiet: why.quietFor === customer.organization,
        at: why.at,
      }))
      this.#told.set(key, [...(this.#told.get(key) ?? []), ...told])
    }
    return moved
  }

  #take(
    row: Row,
    {
      organization,
      name,
      options: { kind, mode },
      at,
      holders,
    }: {
      organization: number
      name: string
      options: ImportOptions
      at: number
      holders: Map<string, number>
    },
  ): Status {
    if (row.id === null || row.isBroken) return 'rejected'
    const key = keyOf(organization, row.id)
    const before = this.#customers.get(key)
    const carried = before ? identifiersOf(before) : new Set<string>()
    const joins = row.identifiers.filter((identifier) => !carried.has(identifier))
    if (joins.some((identifier) => (holders.get(identifier) ?? 0) >= MOST_HOLDERS)) {
      return 'rejected'
    }
    const gifts = new Map(before?.gifts)
    const mine = before?.gifts.get(name)
    const bought = kind === 'purchasers' ? { first: row.first, last: row.last } : null
    const gift = {
      at: mine?.at ?? at,
      identifiers: new Set([...(mine?.identifiers ?? []), ...row.identifiers]),
      bought: joinDates([mine?.bought ?? null, bought]),
    }
    gifts.set(name, gift)
    const after = { id: row.id, organization, direct: before?.direct ?? null, gifts }
    const carries = identifiersOf(after)
    if (carries.size > MOST_IDENTIFIERS && carries.size > carried.size) return 'rejected'
    for (const each of carries.symmetricDifference(carried)) {
      holders.set(each, (holders.get(each) ?? 0) + (carries.has(each) ? 1 : -1))
    }
    if (!before) {
      this.#create(key, organization, row.id).gifts = gifts
      return 'created'
    }
    const isSame = wordOf(before) === wordOf(after)
    // What nobody would miss is replaced at once; the rest when the whole file was read.
    const replaced = [...gifts].filter(([other]) => other !== name).map(([, word]) => word)
    const alone = { ...after, gifts: new Map([[name, takeOver(gift, replaced)]]) }
    const isMissed = wordOf(alone) !== wordOf(after)
    const isReplaced = mode === 'replace' && !isMissed
    if (isReplaced) this.#keep(name, key, before, (other) => other !== name)
    before.gifts = isReplaced ? alone.gifts : gifts
    return isSame ? 'unchanged' : 'updated'
  }

  /** Of a replacement what it takes is kept under its name. */
  #takeBack(
    name: string | null,
    isTaken: (key: string, customer: Customer, gift: string) => boolean,
  ): number {
    let count = 0
    for (const [key, customer] of this.#customers) {
      const taken = [...customer.gifts.keys()].filter((gift) => isTaken(key, customer, gift))
      if (taken.length > 0) count++
      if (name !== null) {
        this.#keep(name, key, customer, (gift) => taken.includes(gift))
        const [own, replaced] = [
          customer.gifts.get(name),
          taken.map((each) => customer.gifts.get(each)!),
        ]
        if (own) customer.gifts.set(name, takeOver(own, replaced))
      }
      for (const gift of taken) customer.gifts.delete(gift)
      if (customer.direct === null && customer.gifts.size === 0) this.#forget(key)
    }
    return count
  }

  #keep(name: string, key: string, customer: Customer, isTaken: (gift: string) => boolean): void {
    const { id, organization } = customer
    const gifts = new Map([...customer.gifts].filter(([gift]) => isTaken(gift)))
    if (gifts.size > 0) this.#removals.keep(name, { key, id, organization, gifts })
  }

  /** Purchases that count for the customer, the first that was known first. */
  #purchasesOf(key: string, { gifts }: Customer): Purchase[] {
    const purchases: Purchase[] = []
    for (const [order, { customer, isDeleted, at }] of this.#orders) {
      if (customer === key && !isDeleted) purchases.push({ source: 'order', at, order })
    }
    for (const [name, { bought, at }] of gifts) {
      if (bought) purchases.push({ source: 'import', at, import: name, ...bought })
    }
    return purchases.sort((left, right) => left.at - right.at)
  }

  #judge(key: string, customer: Customer): Verdict {
    const [own] = this.#purchasesOf(key, customer)
    if (own) return { segment: 'active', matched: 'customer_id', evidence: [own] }
    const { organization } = customer
    const holders = this.#countHolders(organization)
    const carried = [...identifiersOf(customer)].filter(
      (identifier) => (holders.get(identifier) ?? 0) <= SHARED,
    )
    for (const matched of ['email_sha256', 'advertising_id'] as const) {
      const its = carried.filter(
        (identifier) => isHash(identifier) === (matched !== 'advertising_id'),
      )
      const evidence = its.flatMap((identifier) => this.#earliestOn(identifier, organization))
      if (evidence.length > 0) return { segment: 'active', matched, evidence }
    }
    return { segment: 'new', matched: null, evidence: [] }
  }

  /** The first purchase of the merchant's customers that carry it; several where all came at once. */
  #earliestOn(identifier: string, merchant: number): Purchase[] {
    const firsts = [...this.#customers]
      .filter(([, each]) => each.organization === merchant && identifiersOf(each).has(identifier))
      .flatMap(([key, each]) => this.#purchasesOf(key, each).slice(0, 1))
    const at = Math.min(...firsts.map((each) => each.at))
    return firsts.filter((each) => each.at === at)
  }

  #countHolders(organization: number): Map<string, number> {
    const counts = new Map<string, number>()
    for (const customer of this.#customers.values()) {
      if (customer.organization !== organization) continue
      for (const each of identifiersOf(customer)) counts.set(each, (counts.get(each) ?? 0) + 1)
    }
    return counts
  }

  #standings(): Map<string, Set<number>> {
    const counts = this.#roles.map((_, organization) => this.#countHolders(organization))
    const isShared = (identifier: string, organization: number): boolean =>
      (counts[organization]?.get(identifier) ?? 0) > SHARED
    const ordered = new Set<string>()
    for (const { customer, isDeleted } of this.#orders.values()) {
      if (customer !== null && !isDeleted) ordered.add(customer)
    }
    const isBuyer = (key: string, { gifts }: Customer): boolean =>
      ordered.has(key) || [...gifts.values()].some(({ bought }) => bought !== null)
    const sellers = new Map<string, Set<number>>()
    for (const [key, customer] of this.#customers) {
      if (!isBuyer(key, customer)) continue
      for (const each of identifiersOf(customer)) {
        if (isShared(each, customer.organization)) continue
        sellers.set(each, (sellers.get(each) ?? new Set()).add(customer.organization))
      }
    }
    const standings = new Map<string, Set<number>>()
    for (const [key, customer] of this.#customers) {
      const { organization } = customer
      const isOwn = this.#roles[organization] === 'merchant'
      const active = new Set<number>(isOwn && isBuyer(key, customer) ? [organization] : [])
      for (const each of identifiersOf(customer)) {
        if (isShared(each, organization)) continue
        for (const merchant of sellers.get(each) ?? []) {
          if (!isOwn || merchant === organization) active.add(merchant)
        }
      }
      standings.set(key, active)
    }
    return standings
  }
}
