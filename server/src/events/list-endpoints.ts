import type { Db } from '../kernel/database.ts'
import { DEFAULT_PAGE_SIZE, readCursor, writeCursor } from '../kernel/page.ts'
import type { Page } from '../kernel/page.ts'
import type { Vault } from '../kernel/vault.ts'
import type { Organization } from '../organizations/organization.ts'
import { toEndpoint } from './change-endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { listEndpoints } from './endpoint-store.ts'

/** One page of an organization's endpoints, oldest first. There are few: all are read. */
export async function pageEndpoints(
  db: Db,
  vault: Vault,
  organization: Organization,
  options: { cursor: string | undefined; pageSize: number | undefined },
): Promise<Page<Endpoint>> {
  const { cursor, pageSize = DEFAULT_PAGE_SIZE } = options
  const filters = { organization: organization.id }
  const [direction, place] = readCursor(cursor, filters, 2) ?? ['after', 0]
  const isBefore = direction === 'before'
  const edge = Number(place)
  const all = await listEndpoints(db, organization.number)
  const matching = all.filter(({ number }) => (isBefore ? number < edge : number > edge))
  const rows = isBefore ? matching.slice(-pageSize) : matching.slice(0, pageSize)
  const [first, last] = [rows.at(0), rows.at(-1)]
  const hasBefore = first !== undefined && first !== all.at(0)
  const hasAfter = last !== undefined && last !== all.at(-1)
  return {
    objects: rows.map((row) => toEndpoint(vault, row)),
    next: hasAfter ? writeCursor(['after', last.number], filters) : null,
    previous: hasBefore ? writeCursor(['before', first.number], filters) : null,
  }
}
