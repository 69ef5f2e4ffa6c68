import { createCachedSnapshot } from '../../kernel/database/cached-snapshot.ts'
import type {
  CachedSnapshot,
  CachedSnapshotOptions,
} from '../../kernel/database/cached-snapshot.ts'
import type { Db } from '../../kernel/database/database.ts'
import type { RateCardVersion } from './rate-card.ts'
import { CATALOG_CHANNEL, listAllVersions, findCatalogVersion } from './rate-card-store.ts'

/** All rate cards at one moment. Never changes. */
export interface RateCards {
  version: number
  /** By the merchant's number: all versions of its cards, the oldest card first, and by version. */
  versionsOf(merchant: number): readonly RateCardVersion[]
}

/**
 * The rate cards, kept in memory and kept fresh: for what shows rates. An order reads them in its own
 * tx, where nothing can be out of date.
 */
export type Catalog = CachedSnapshot<RateCards>

export function createCatalog({
  database,
  log,
  elapsedMs,
}: Pick<CachedSnapshotOptions<unknown>, 'database' | 'log' | 'elapsedMs'>): Catalog {
  return createCachedSnapshot({
    database,
    log,
    elapsedMs,
    name: 'catalog of rate cards',
    channel: CATALOG_CHANNEL,
    nothing: createRateCards(-1, []),
    readVersion: findCatalogVersion,
    read: loadCatalog,
  })
}

/** Everything, as of one moment. */
async function loadCatalog(db: Db): Promise<RateCards> {
  const reading = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return reading.execute(async (tx) =>
    createRateCards(await findCatalogVersion(tx), await listAllVersions(tx)),
  )
}

const NONE: readonly RateCardVersion[] = []

function createRateCards(version: number, versions: RateCardVersion[]): RateCards {
  const byMerchant = Map.groupBy(versions, ({ merchant }) => merchant)
  return { version, versionsOf: (merchant) => byMerchant.get(merchant) ?? NONE }
}
