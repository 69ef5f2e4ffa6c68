import type { Dice } from '../../crash/dice.ts'
import type { Told } from './twins.ts'

/** What somebody has been told so far, by names, and can ask about. */
export interface Seen {
  /** Remembers the ids in an answer, and its next page. */
  note(told: Told): void
  /** One of the last ids with the prefix. */
  one(prefix: string): string | undefined
  /** The path of one of the last pages that a list went on with. */
  next(): string | undefined
}

const KEPT = 30
const NAME = /\b([a-z]+)#\d+\.\d+/g
const NEXT = /"next":"http:\/\/network\.example([^"]+)"/

export function createSeen(dice: Dice): Seen {
  const ids = new Map<string, string[]>()
  const add = (prefix: string, name: string): void => {
    const names = (ids.get(prefix) ?? []).filter((each) => each !== name)
    ids.set(prefix, [...names, name].slice(-KEPT))
  }
  const one = (prefix: string): string | undefined => {
    const names = ids.get(prefix) ?? []
    return names[dice.whole(names.length)]
  }
  return {
    note({ text }) {
      for (const [name, prefix] of text.matchAll(NAME)) add(prefix!, name)
      const next = NEXT.exec(text)?.[1]
      if (next !== undefined) add('next', next)
    },
    one,
    next: () => one('next'),
  }
}
