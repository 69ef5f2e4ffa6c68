import { expect } from 'vitest'
import type { Call } from '../support/network.ts'

/** What a list shows of an object: what it is, and by which date it stands where it stands. */
export interface Shown {
  /** Another wherever the object has changed. */
  state: string
  date: string
}

export type ShownAs = (object: Record<string, unknown>) => Shown

export interface Follower {
  name: string
  /** Reads on, to the end of the list as it is now. */
  read(): Promise<void>
  /** Every state it was ever shown. */
  seen: Set<string>
}

interface Following {
  call: Call
  /** With its filters, such as `/v1/affiliation/transactions?time_field=modified_date`. */
  list: string
  shownAs: ShownAs
}

/** Keeps the last `meta.next` that it got, and begins there. */
export function followByCursor({ call, list, shownAs }: Following): Follower {
  const seen = new Set<string>()
  let at = list
  return {
    name: `${list} by cursor`,
    seen,
    async read() {
      for (let next: string | null = at; next !== null;) {
        at = next
        const page = await getPage(call, next)
        for (const object of page.objects) seen.add(shownAs(object).state)
        ;({ next } = page)
      }
    },
  }
}

/** Keeps the last date that it saw, and begins there. */
export function followByDate({ call, list, shownAs }: Following): Follower {
  const seen = new Set<string>()
  let last = ''
  return {
    name: `${list} by date`,
    seen,
    async read() {
      const start = last === '' ? '' : `&start=${encodeURIComponent(last)}`
      for (let next: string | null = list + start; next !== null;) {
        const page = await getPage(call, next)
        for (const { state, date } of page.objects.map(shownAs)) {
          seen.add(state)
          if (date > last) last = date
        }
        ;({ next } = page)
      }
    },
  }
}

/** The whole list as it is now. */
export async function listStates(following: Following): Promise<string[]> {
  const { seen, read } = followByCursor(following)
  await read()
  return [...seen]
}

/** Reads on once more, and has seen then all that the whole list shows. */
export async function expectNothingMissed(
  followers: Follower[],
  following: Following,
): Promise<void> {
  for (const each of followers) {
    await each.read()
    const missed = (await listStates(following)).filter((state) => !each.seen.has(state))
    expect(missed, `missed by ${each.name}`).toEqual([])
  }
}

async function getPage(
  call: Call,
  path: string,
): Promise<{ objects: Record<string, unknown>[]; next: string | null }> {
  const { status, body } = await call('GET', path)
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  const { next } = body.meta
  return { objects: body.objects, next: next === null ? null : pathOf(next) }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
