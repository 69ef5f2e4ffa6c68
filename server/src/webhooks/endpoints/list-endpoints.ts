import type { Db } from '../../kernel/database/database.ts'
import { slicePage } from '../../kernel/database/page.ts'
import type { Page } from '../../kernel/database/page.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'
import { toEndpoint } from './change-endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { listEndpoints } from './endpoint-store.ts'

/** One page of an organization's endpoints, oldest first. There are few: all are read. */
export async function pageEndpoints(
  db: Db,
  vault: Vault,
  organization: Organization,
  { cursor, pageSize }: { cursor: string | undefined; pageSize: number | undefined },
): Promise<Page<Endpoint>> {
  const filters = { organization: organization.id }
  const all = await listEndpoints(db, organization.number)
  const page = slicePage(all, ({ number }) => number, { cursor, pageSize, filters })
  return { ...page, objects: page.objects.map((row) => toEndpoint(vault, row)) }
}
