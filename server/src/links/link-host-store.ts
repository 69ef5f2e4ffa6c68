import { sql } from 'kysely'
import type { Db, Tx } from '../kernel/database/database.ts'
import { MAX_LINK_HOSTS } from './link-host.ts'
import type { LinkHost } from './link-host.ts'

/** Puts those who add to the merchant's hosts in a row, so that their number can be limited. */
export async function lockLinkHosts(tx: Tx, merchant: number): Promise<void> {
  await sql`select 1 from organizations where number = ${merchant} for no key update`.execute(tx)
}

/** Whose hosts these are; those that are not registered are absent. */
export async function findLinkHosts(db: Db, hosts: string[]): Promise<LinkHost[]> {
  const { rows } = await sql<LinkHost>`
    select host, merchant, created_at from link_hosts where host = any(${hosts}::text[])`.execute(
    db,
  )
  return rows
}

/** The merchant's hosts by name: all of them, since their number is limited. */
export async function listLinkHosts(db: Db, merchant: number): Promise<LinkHost[]> {
  const { rows } = await sql<LinkHost>`
    select host, merchant, created_at from link_hosts where merchant = ${merchant}
    order by host limit ${MAX_LINK_HOSTS}`.execute(db)
  return rows
}

/** The hosts of these merchants, those of each from the first registered on. */
export async function listHostsOf(db: Db, merchants: number[]): Promise<LinkHost[]> {
  const { rows } = await sql<LinkHost>`
    select host, merchant, created_at from link_hosts where merchant = any(${merchants}::int[])
    order by merchant, created_at, host`.execute(db)
  return rows
}

export async function countLinkHosts(db: Db, merchant: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from link_hosts where merchant = ${merchant}`.execute(db)
  return rows[0]?.count ?? 0
}

/** False when it was registered meanwhile. */
export async function insertLinkHost(tx: Tx, added: LinkHost): Promise<boolean> {
  const { rows } = await sql`
    insert into link_hosts (host, merchant, created_at)
    values (${added.host}, ${added.merchant}, ${added.created_at})
    on conflict (host) do nothing
    returning host`.execute(tx)
  return rows.length > 0
}

/** Takes a host from the merchant, or from any; answers the number of who had it. */
export async function removeLinkHost(
  tx: Tx,
  host: string,
  merchant?: number,
): Promise<number | undefined> {
  const { rows } = await sql<{ merchant: number }>`
    delete from link_hosts
    where host = ${host} and merchant = coalesce(${merchant ?? null}::integer, merchant)
    returning merchant`.execute(tx)
  return rows[0]?.merchant
}
