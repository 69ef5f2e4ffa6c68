import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pglite } from '../support/databases.ts'
import { must, useNetwork } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { enter } from './act-for.ts'
import { checkLooks, useBrowser } from './browser.ts'

describe('the check of a receiver in the browser', () => {
  const browser = useBrowser()
  const network = useNetwork(pglite.create, { hasDashboard: true, publishers: 1 })
  let receiver: Receiver

  beforeAll(async () => {
    receiver = await startReceiver(204)
  })
  afterAll(() => receiver.close())

  test('says what is wrong and by which line it is mended, and then that it is right', async () => {
    const member = network.publishers[0]!
    const webhook = { url: receiver.url, event_types: ['tx-pending'], batch_size: 10 }
    const { id, secret } = await must(member.call('POST', '/v1/webhooks', webhook))
    const path = `/webhooks/${id}?tab=test`
    const { page, faults } = await enter({ browser, url: network.url, member, path })
    const run = page.getByRole('button', { name: 'Check the receiver' })

    // One that believes everybody.
    await run.click()
    await page.getByText('1 of 6 are wrong.').waitFor()
    const items = page.getByRole('list', { name: 'What was found' }).getByRole('listitem')
    expect(await items.count()).toBe(6)
    const forged = items.filter({ hasText: 'A wrong signature is refused' })
    await forged.getByText('✗ wrong', { exact: true }).waitFor()
    await forged.getByRole('region', { name: /^The line that mends it/ }).waitFor()
    await checkLooks(page, 'receiver check')

    const key = secret as string
    receiver.answerBy(({ raw, headers }) => {
      const right = createHmac('sha256', key).update(raw).digest('hex')
      return headers['x-button-signature'] === right ? 204 : 401
    })
    await run.click()
    await page.getByText('The receiver is right.').waitFor()
    const bodies = receiver.received.map(({ body }) => body)
    expect(bodies).toHaveLength(10)
    const events = bodies.flatMap(({ events: each }) => each as { id: string }[])
    expect(events.every((event) => event.id.startsWith('hook-check-'))).toBe(true)

    // Nothing of it is a delivery.
    await page.getByRole('tab', { name: 'Deliveries' }).click()
    await page.getByText('Nothing was sent yet, and nothing waits.').waitFor()
    expect(faults).toEqual([])
  })
})
