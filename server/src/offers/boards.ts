import type { Catalog, RateCards } from '../commissions/rates/catalog.ts'
import type { Directory, Snapshot } from '../organizations/directory.ts'
import type { Organization } from '../organizations/organization.ts'
import { buildBoard } from './board.ts'
import type { Board } from './board.ts'

// With 200 merchants a board takes some 50 KB.
const MAX_BOARDS = 1_000

/** The board of a publisher at a time; each is made once for what is known then. */
export type FindBoard = (publisher: Organization, now: Date) => Board

export function createBoards({
  directory,
  catalog,
}: {
  directory: Directory
  catalog: Catalog
}): FindBoard {
  const boards = new Map<number, Board>()
  let madeOf: { directory: Snapshot; cards: RateCards } | undefined
  return (publisher, now) => {
    const known = { directory: directory.current(), cards: catalog.current() }
    if (madeOf?.directory !== known.directory || madeOf.cards !== known.cards) {
      boards.clear()
      madeOf = known
    }
    const last = boards.get(publisher.number)
    if (last && last.from <= now.getTime() && now.getTime() < last.until) return last
    if (boards.size >= MAX_BOARDS) boards.clear()
    const board = buildBoard({ ...known, publisher, now })
    boards.set(publisher.number, board)
    return board
  }
}
