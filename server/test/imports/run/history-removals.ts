import type { Gift } from './history-customer.ts'

/** What a replacement took from one customer. */
export interface Removal {
  key: string
  id: string | null
  organization: number
  gifts: Map<string, Gift>
}

/** What replacements took, as long as their undo is to give it back. */
export class Removals {
  readonly #taken: { import: string; removal: Removal }[] = []
  readonly #holders = new Map<string, string>()
  readonly #undone = new Set<string>()

  keep(name: string, removal: Removal): void {
    this.#taken.push({ import: name, removal })
  }

  /** A call says anew who the customer is. */
  overrule(key: string): void {
    for (const { removal } of this.#taken.filter((each) => each.removal.key === key)) {
      for (const gift of removal.gifts.values()) gift.identifiers.clear()
    }
  }

  erase(key: string): void {
    const others = this.#taken.filter((each) => each.removal.key !== key)
    this.#taken.splice(0, Infinity, ...others)
  }

  /** A replacement takes the place of those before it. */
  replaceEarlier(organization: number, name: string): void {
    for (const { import: earlier, removal } of this.#taken) {
      const isOther = removal.organization !== organization || earlier === name
      if (!isOther && !this.#holders.has(earlier)) this.#holders.set(earlier, name)
    }
  }

  /** What comes back as this one is undone; nothing while a later replacement holds. */
  undo(name: string): Removal[] {
    const holder = this.#holders.get(name)
    this.#undone.add(name)
    for (const [earlier, its] of this.#holders) {
      if (its !== name) continue
      if (holder === undefined) this.#holders.delete(earlier)
      else this.#holders.set(earlier, holder)
    }
    const its = this.#taken.filter((each) => each.import === name)
    if (holder !== undefined) {
      for (const each of its) each.import = holder
      return []
    }
    const others = this.#taken.filter((each) => each.import !== name)
    this.#taken.splice(0, Infinity, ...others)
    return its.map(({ removal }) => {
      const gifts = [...removal.gifts].filter(([gift]) => !this.#undone.has(gift))
      return { ...removal, gifts: new Map(gifts) }
    })
  }

  copy(): Removals {
    const copy = new Removals()
    copy.#taken.push(...structuredClone(this.#taken))
    for (const [earlier, holder] of this.#holders) copy.#holders.set(earlier, holder)
    for (const name of this.#undone) copy.#undone.add(name)
    return copy
  }
}
