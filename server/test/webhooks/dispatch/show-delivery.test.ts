import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyWebhook } from '../../../../client/src/verify-webhook.ts'
import { startReceiver } from '../../support/receiver.ts'
import type { Receiver } from '../../support/receiver.ts'
import { databases } from '../../support/databases.ts'
import { createWebhookApi } from '../webhook-api.ts'
import type { WebhookApi } from '../webhook-api.ts'
import { createWorld } from '../world.ts'
import type { World } from '../world.ts'

describe.each(databases)('one delivery is shown with its body, on $name', (testDatabase) => {
  let world: World
  let api: WebhookApi
  let receiver: Receiver
  let endpoint: Awaited<ReturnType<World['endpoint']>>
  let path: string

  beforeEach(async () => {
    world = await createWorld(testDatabase)
    api = await createWebhookApi(world)
    receiver = await startReceiver(204)
    endpoint = await world.endpoint(receiver.url)
    path = `/v1/webhooks/${endpoint.id}/deliveries`
  })

  afterEach(async () => {
    await api.close()
    await receiver.close()
    await world.close()
  })

  test('as the receiver got it, but for the id of the attempt, and rightly signed', async () => {
    const [event] = await world.happen(world.customer())
    await world.dispatcher().deliverDue()
    const { object } = await api.get(`${path}/${event?.id}`)
    const { body, headers, ...delivery } = object
    const listed = await api.get(`${path}?event_id=${event?.id}`)
    expect(listed.objects).toEqual([delivery])
    const [got] = receiver.received
    const shown = JSON.parse(body as string)
    expect(shown.request_id).toMatch(/^attempt-/)
    expect({ ...shown, request_id: got?.body['request_id'] }).toEqual(got?.body)
    const [{ secret } = { secret: '' }] = endpoint.secrets
    const given = { body: body as string, headers: headers as Record<string, string>, secret }
    expect(verifyWebhook({ ...given, now: world.clock.now() })).toMatchObject({ id: event?.id })
    const { 'x-button-signature': button } = given.headers
    expect(verifyWebhook({ ...given, headers: { 'x-button-signature': button } })).toBeTruthy()
  })

  test('alone, also where it comes in batches, and while it still waits', async () => {
    const batched = await world.endpoint(receiver.url, ['segment-change'], { batch_size: 10 })
    const [first] = await world.happen(world.customer(), world.customer())
    const { object } = await api.get(`/v1/webhooks/${batched.id}/deliveries/${first?.id}`)
    expect(object).toMatchObject({ event_id: first?.id, state: 'waiting', attempts: [] })
    expect(JSON.parse(object['body'] as string)).toMatchObject({
      id: first?.id,
      event_type: 'segment-change',
    })
  })

  test('without a body once its customer is erased', async () => {
    const subject = world.customer()
    const [event] = await world.happen(subject)
    await world.dispatcher().deliverDue()
    world.customers.delete(subject)
    const { object } = await api.get(`${path}/${event?.id}`)
    expect(object).toMatchObject({ body: null, headers: {}, customer_id: null })
    expect(JSON.stringify(object)).not.toContain('customer-canary')
  })

  test('to its organization only; what is absent, unwanted or no id is the same 404', async () => {
    const [event] = await world.happen(world.customer())
    const transactions = await world.endpoint(receiver.url, ['tx-pending'])
    const merchantKey = await api.keyOf(world.merchant)
    const answers = [
      await api.get(`${path}/${event?.id}`, merchantKey),
      await api.get(`${path}/hook-0000000000000000`),
      await api.get(`${path}/hook-1`),
      await api.get(`/v1/webhooks/${transactions.id}/deliveries/${event?.id}`),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, error: { type: 'NotFound' } })
    }
  })
})
