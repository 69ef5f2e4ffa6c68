import { follow, linkTo } from '../links/shoppers.ts'
import { createCall, must } from '../support/network.ts'
import type { Member } from '../support/network.ts'
import { MARK } from './canaries.ts'

/**
 * A publisher's user is made an offer, follows a link and buys; all that is then read and changed by
 * either side. Answers what was made up on the way and is nobody else's business: tokens and quotes.
 */
export async function shopWithCanaries(
  url: string,
  {
    publisher,
    shop,
  }: { publisher: Pick<Member, 'key'>; shop: Pick<Member, 'key'> & { id: string } },
): Promise<string[]> {
  const [sender, merchant] = [createCall(url, publisher.key), createCall(url, shop.key)]
  const host = `${shop.id}.example`
  await must(merchant('POST', '/v1/link-hosts', { host }))
  await must(merchant('POST', '/v1/rate-cards', { name: 'All', rates: [{ percent: 2 }] }))
  const user = `${MARK}-user`
  const { quote } = await must(sender('POST', '/v1/offers', { user_id: user }))
  const experience = { btn_pub_user: user, btn_pub_ref: `${MARK}-ref` }
  const page = `https://${host}/${MARK}?${MARK}=${MARK}`
  const link = await linkTo({ call: sender }, page, { experience, quote: quote.id })
  const tokens = [await follow(link), await follow(link)].map(({ token }) => token ?? '')
  const customer = { id: `${MARK}-shopper-too` }
  for (const [index, btn_ref] of tokens.entries()) {
    const order_id = `${MARK}-paid-${index}`
    const body = { order_id, total: 2_299, currency: 'USD', btn_ref, customer }
    await must(merchant('POST', '/v1/order', { ...body, customer_order_id: `${MARK}-number` }))
    await must(merchant('POST', `/v1/order/${order_id}`, { total: 5_000 }))
    await must(merchant('GET', `/v1/order/${order_id}/verdict`))
  }
  await must(merchant('DELETE', `/v1/order/${MARK}-paid-1`))
  const path = '/v1/affiliation/transactions'
  for (const { id } of await must(sender('GET', path))) {
    for (const part of ['', '/ledger', '/verdict'])
      await must(sender('GET', `${path}/${id}${part}`))
  }
  // What is refused may be written to no log either.
  await sender('POST', '/v1/links', { url: page, quote: `${quote.id}${MARK}`, experience })
  await sender('POST', '/v1/links', { url: `https://${MARK}.example/`, experience })
  await sender('POST', '/v1/offers', {
    user_id: `${MARK} `,
    email_sha256s: [`${MARK}@mail.example`],
  })
  await sender('GET', `${path}/${MARK}?start=${MARK}`)
  await fetch(`${url}/r/${MARK}`)
  return [...tokens, quote.id.slice(0, 60)]
}
