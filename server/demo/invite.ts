import type { WriteStream } from 'node:tty'
import { hashEmail } from '../../client/src/index.ts'
import { SHOP_HOST } from './create-network.ts'
import type { DemoNetwork } from './create-network.ts'
import { dollars } from './progress.ts'
import type { DemoEvent } from './receiver.ts'
import type { SendShopper } from './send-shopper.ts'
import type { Story } from './story.ts'

export interface Invitation {
  out: WriteStream
  network: DemoNetwork
  server: { url: string; dataFolder: string }
  story: Story
  sendShopper: SendShopper
}

/** Says how to go on by hand, and shows each webhook that comes of it. */
export async function invite(invitation: Invitation): Promise<void> {
  const { out, network, server } = invitation
  const { merchant, publishers } = network
  for (const { inbox, name } of publishers) {
    inbox.onEvent = (event) => out.write(`Webhook to ${name}: ${describe(event)}.\n`)
  }
  const keys = [...publishers, merchant].map(({ name, key }) => `  ${name.padEnd(12)} ${key}\n`)
  const commands = await listCommands(invitation)
  out.write(
    `\nNewcomer keeps serving ${server.url}. Keys of this demo:\n\n${keys.join('')}` +
      `\nTry it. Someone whom publisher A knows, and who never bought, looks at what they would ` +
      `earn, follows\na link and buys; the webhooks show up here:\n\n${commands}\n` +
      `Ctrl-C stops it. The same data again: NEWCOMER_DATA=${server.dataFolder} npm start\n`,
  )
}

function describe(event: DemoEvent): string {
  if (event.event_type === 'segment-change') {
    const { customer_id: customer, segments, sequence, cause } = event
    const [from, to] = [segments.previous[0]?.name, segments.current[0]?.name]
    return (
      `customer ${customer} went from ${from} to ${to} ` +
      `(cause: ${cause}, sequence: ${sequence})`
    )
  }
  const { id, amount, publisher_customer_id: customer, customer_segment: segment } = event.data
  const what = `${dollars(amount)} for an order of ${segment?.name} customer ${customer}`
  return `${event.event_type}, ${what} (${id})`
}

async function listCommands(invitation: Invitation): Promise<string> {
  const { network, server, story, sendShopper } = invitation
  const { merchant, publishers } = network
  const guest = story.audiences[0]?.find(({ shoppers }) => shoppers.length === 0)
  const [publisher] = publishers
  if (!guest || !publisher) return ''
  const post = (key: string, path: string, body: unknown): string =>
    `curl -u ${key}: -H 'Content-Type: application/json' \\\n` +
    `    -d '${JSON.stringify(body)}' ${server.url}${path}`
  const get = (key: string, path: string): string => `curl -u ${key}: '${server.url}${path}'`
  const order = {
    order_id: 'my-first-order',
    total: 2299,
    currency: 'USD',
    btn_ref: await sendShopper(publisher, guest.id),
    customer: { id: 'me', email_sha256: hashEmail(guest.emails[0] ?? '') },
  }
  const link = { url: `https://${SHOP_HOST}/`, experience: { btn_pub_user: guest.id } }
  return [
    post(publisher.key, '/v1/offers', { user_id: guest.id }),
    post(publisher.key, '/v1/links', link),
    post(merchant.key, '/v1/order', order),
    get(publisher.key, `/v1/customers/${guest.id}`),
    get(publisher.key, '/v1/affiliation/transactions?page_size=1'),
    get(merchant.key, `/v1/order/${order.order_id}/verdict`),
  ]
    .map((command) => `  ${command}\n`)
    .join('\n')
}
