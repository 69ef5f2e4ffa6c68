import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'

/** One purchase at the shop. `total` is in cents. */
export interface Purchase {
  orderId: string
  shopper: string
  date: string
  total: number
}

const FILE = new URL('cdnow-orders.csv.gz', import.meta.url)

/** The purchases by date, those of one date as they stand in the file. */
export async function readPurchases(): Promise<Purchase[]> {
  const text = gunzipSync(await readFile(FILE)).toString('utf8')
  const purchases = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line): Purchase => {
      const [orderId = '', shopper = '', date = '', , total = ''] = line.split(',')
      return { orderId, shopper, date, total: Number(total) }
    })
  return purchases.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

/** The shoppers, each once, by their number. */
export function shoppersOf(purchases: Purchase[]): string[] {
  return [...new Set(purchases.map(({ shopper }) => shopper))].sort((a, b) => Number(a) - Number(b))
}

/** The shop's own id of a shopper. */
export function shopperIdOf(shopper: string): string {
  return `shopper-${shopper}`
}

export function emailOf(shopper: string): string {
  return `customer-${shopper}@cdnow.example`
}
