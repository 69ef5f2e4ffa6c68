import type { WriteStream } from 'node:tty'
import { hashEmail } from '../../client/src/index.ts'
import type { DemoNetwork } from './create-network.ts'
import type { Story } from './story.ts'

export interface Invitation {
  out: WriteStream
  network: DemoNetwork
  server: { url: string; dataFolder: string }
  story: Story
}

/** Says how to go on by hand, and shows each webhook that comes of it. */
export function invite({ out, network, server, story }: Invitation): void {
  const { merchant, publishers } = network
  for (const { inbox, name } of publishers) {
    inbox.onEvent = ({ customer_id, segments, sequence, cause }) => {
      const [from, to] = [segments.previous[0]?.name, segments.current[0]?.name]
      out.write(
        `Webhook to ${name}: customer ${customer_id} went from ${from} to ${to} ` +
          `(cause: ${cause}, sequence: ${sequence}).\n`,
      )
    }
  }
  const keys = [...publishers, merchant].map(({ name, key }) => `  ${name.padEnd(12)} ${key}\n`)
  out.write(
    `\nNewcomer keeps serving ${server.url}. Keys of this demo:\n\n${keys.join('')}` +
      `\nTry it. Someone whom publisher A knows, and who never bought, buys; ` +
      `the webhook shows up here:\n\n${commands({ network, server, story })}\n` +
      `Ctrl-C stops it. The same data again: NEWCOMER_DATA=${server.dataFolder} npm start\n`,
  )
}

function commands({ network, server, story }: Omit<Invitation, 'out'>): string {
  const { merchant, publishers } = network
  const guest = story.audiences[0]?.find(({ shoppers }) => shoppers.length === 0)
  const order = {
    order_id: 'my-first-order',
    total: 2299,
    currency: 'USD',
    customer: { id: 'me', email_sha256: hashEmail(guest?.emails[0] ?? '') },
  }
  const [publisher] = publishers
  const buy = `-H 'Content-Type: application/json' \\\n    -d '${JSON.stringify(order)}'`
  return [
    `curl -u ${merchant.key}: ${buy} ${server.url}/v1/order`,
    `curl -u ${publisher?.key}: ${server.url}/v1/customers/${guest?.id}`,
    `curl -u ${merchant.key}: ${server.url}/v1/order/${order.order_id}/verdict`,
  ]
    .map((command) => `  ${command}\n`)
    .join('\n')
}
