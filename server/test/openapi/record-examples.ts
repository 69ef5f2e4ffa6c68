import { expect, vi } from 'vitest'
import type { Examples } from '../../src/openapi/add-examples.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import { follow } from '../links/shoppers.ts'
import { manualClock } from '../support/clock.ts'
import type { ManualClock } from '../support/clock.ts'
import { pglite } from '../support/databases.ts'
import { emailHash } from '../support/hash.ts'
import { createCall, must, startFreshNetwork } from '../support/network.ts'
import type { Call, Network } from '../support/network.ts'
import { startReceiver } from '../support/receiver.ts'
import type { Receiver } from '../support/receiver.ts'
import { CLIENT, startTinyProvider } from '../members/tiny-provider.ts'
import type { TinyProvider } from '../members/tiny-provider.ts'
import { recordMail } from './record-mail.ts'
import { recordPeople } from './record-people.ts'
import { fixExamples } from './fix-examples.ts'
import { createRecorder } from './recorder.ts'
import type { RecordCall } from './recorder.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const LONGEST_MS = 30_000
const ONE = { page_size: '1' }
const TEA = 'https://shop.example/tea'
const LOYAL = { id: 'kim', email_sha256: emailHash('kim') }

/** Those who call, with what later calls are about. */
interface Scene {
  record: RecordCall
  network: Network
  receiver: Receiver
  provider: TinyProvider
  clock: ManualClock
  operator: string
  publisher: Caller
  merchant: Caller
}

interface Caller {
  id: string
  key: string
  call: Call
}

/** Every operation that answers JSON, called once: what was sent and answered, fixed. */
export async function recordExamples(): Promise<Examples> {
  const clock = manualClock()
  const provider = await startTinyProvider()
  const config = { provider: { issuer: provider.issuer, ...CLIENT, name: 'Example Company' } }
  const options = { clock, publishers: 0, merchants: 0, config }
  const network = await startFreshNetwork(pglite.create, options)
  const receiver = await startReceiver()
  try {
    const { record, examples } = createRecorder(network.url)
    const members = await recordOrganizations(record, network)
    const operator = network.operator.key
    const scene: Scene = { record, network, receiver, provider, clock, operator, ...members }
    await recordOwn(scene)
    await recordHosts(scene)
    await recordRateCards(scene)
    await recordCustomers(scene)
    const webhook = await recordWebhooks(scene)
    const { cursor } = await recordSale(scene, webhook)
    await recordTransactions(scene)
    await recordDeliveries(scene, webhook, cursor)
    await recordReplays(scene, webhook)
    await recordImports(scene)
    await recordPeople(scene)
    await recordEnds(scene, webhook)
    const { issuer } = provider
    return fixExamples(
      { ...examples, ...(await recordMail()) },
      { server: network.url, receiver: receiver.url, issuer },
    )
  } finally {
    await network.stop()
    await receiver.close()
    await provider.stop()
  }
}

type Members = Pick<Scene, 'publisher' | 'merchant'>

async function recordOrganizations(record: RecordCall, network: Network): Promise<Members> {
  const { key: operator, call } = network.operator
  const publisher = { name: 'Example Rewards', role: 'publisher' }
  const { id } = (await record('createOrganization', operator, { body: publisher })).object
  const shop = { name: 'Example Shop', role: 'merchant' }
  const { id: merchant } = await must(call('POST', '/operator/v1/organizations', shop))
  const profile = { categories: ['tea'], homepage: 'https://shop.example/' }
  const body = { customer_segments: true, answers_publishers: true, ...profile }
  await record('changeOrganization', operator, { path: { organization: merchant }, body })
  await record('getOrganization', operator, { path: { organization: merchant } })
  await record('listOrganizations', operator, { query: ONE })
  const path = { organization: id }
  const { key } = (await record('createKey', operator, { path, body: { name: 'web' } })).object
  await record('listKeys', operator, { path })
  const keys = (its: string) => `/operator/v1/organizations/${its}/keys`
  const old = await must(call('POST', keys(id), { name: 'old' }))
  await record('revokeKey', operator, { path: { ...path, key: old.id } })
  const { key: shopKey } = await must(call('POST', keys(merchant), { name: 'till' }))
  await record('askPartnership', key, { body: { merchant_id: merchant } })
  const asks = { path: { publisher: id }, body: { answer: 'approve' } }
  await record('answerPartnership', shopKey, asks)
  const parties = { publisher: id, merchant }
  await record('setPartnership', operator, { path: parties, body: { status: 'approved' } })
  await record('listPartnerships', operator, { query: { publisher: id } })
  return {
    publisher: { id, key, call: createCall(network.url, key) },
    merchant: { id: merchant, key: shopKey, call: createCall(network.url, shopKey) },
  }
}

/** What an organization sees and changes of itself, and who did so. */
async function recordOwn({ record, publisher, merchant, operator, clock }: Scene): Promise<void> {
  await record('getOwnOrganization', publisher.key)
  const body = { description: 'Teas of all kinds.' }
  await record('changeOwnOrganization', merchant.key, { body })
  await record('getOwnReadiness', merchant.key)
  await record('getReadiness', operator, { path: { organization: merchant.id } })
  // Keys are listed by their time.
  clock.advance(MINUTE_MS)
  const { object } = await record('createOwnKey', publisher.key, { body: { name: 'app' } })
  const path = { key: object.id as string }
  clock.advance(MINUTE_MS)
  const rotated = await record('rotateOwnKey', publisher.key, { path, body: { overlap_hours: 24 } })
  await record('listOwnKeys', publisher.key)
  await record('revokeOwnKey', publisher.key, { path: { key: rotated.object.id } })
  await record('listAuditLog', publisher.key, { query: { action: 'key.rotate', ...ONE } })
  const mine = { organization: merchant.id, action: 'organization.change', ...ONE }
  await record('listAnyAuditLog', operator, { query: mine })
}

async function recordHosts({ record, merchant, operator }: Scene): Promise<void> {
  await record('registerLinkHost', merchant.key, { body: { host: 'shop.example' } })
  await record('listLinkHosts', merchant.key)
  for (const host of ['old.shop.example', 'lost.shop.example']) {
    await must(merchant.call('POST', '/v1/link-hosts', { host }))
  }
  await record('deleteLinkHost', merchant.key, { path: { host: 'old.shop.example' } })
  await record('findLinkHost', operator, { path: { host: 'lost.shop.example' } })
  await record('releaseLinkHost', operator, { path: { host: 'lost.shop.example' } })
}

async function recordRateCards({ record, merchant, clock }: Scene): Promise<void> {
  const rates = [
    { segment: 'new', percent: '10' },
    { segment: 'active', percent: '2.5' },
  ]
  const body = { name: 'Standard', rates }
  const { object } = await record('createRateCard', merchant.key, { body })
  const path = { rate_card: object.id as string }
  await record('getRateCard', merchant.key, { path })
  await record('listRateCards', merchant.key)
  clock.advance(HOUR_MS)
  const raised = [{ segment: 'new', percent: '12' }, ...rates.slice(1)]
  await record('updateRateCard', merchant.key, { path, body: { rates: raised } })
}

async function recordCustomers({ record, publisher }: Scene): Promise<void> {
  const { key, call } = publisher
  await record('reportCustomer', key, { body: LOYAL })
  const path = { id: LOYAL.id }
  await record('getCustomer', key, { path })
  const { email_sha256 } = LOYAL
  await record('findCustomers', key, { body: { email_sha256 } })
  await record('replaceCustomer', key, { path, body: { email_sha256: LOYAL.email_sha256 } })
  const customers = [{ id: 'lee' }, { id: 'max', email_sha256: 'max@shop.example' }]
  await record('reportCustomers', key, { body: { customers } })
  await record('exportCustomer', key, { path })
  const check = { email: 'Test.User@example.com', hash: emailHash('Test.User') }
  await record('checkHash', key, { body: check })
  await must(call('POST', '/v1/customers', { id: 'gone' }))
  await record('eraseCustomer', key, { path: { id: 'gone' } })
  await record('listMerchants', key, { query: ONE })
  const brands = await record('listBrands', key, { query: ONE })
  await record('getBrand', key, { path: { brand: brands.objects[0].id as string } })
}

async function recordWebhooks({ record, publisher, receiver }: Scene): Promise<string> {
  const { key } = publisher
  const body = { url: receiver.url, event_types: ['segment-change'] }
  const { object } = await record('createWebhook', key, { body })
  const webhook = object.id as string
  const path = { webhook }
  await record('getWebhook', key, { path })
  await record('listWebhooks', key)
  const event_types = ['segment-change', 'tx-pending']
  await record('updateWebhook', key, { path, body: { event_types } })
  await record('rotateWebhookSecret', key, { path, body: { overlap_hours: 24 } })
  await record('pingWebhook', key, { path, body: {} })
  await receiver.arrived(1)
  return webhook
}

/** A shopper is offered something, follows a link and buys twice. */
async function recordSale(scene: Scene, webhook: string): Promise<{ cursor: string }> {
  const { record, publisher, merchant, clock } = scene
  const feed = await publisher.call('GET', '/v1/events?event_type=segment-change')
  const cursor = new URL(feed.body.meta.next).searchParams.get('cursor')!
  const offers = await record('listOffers', publisher.key, { body: { user_id: LOYAL.id } })
  await record('findLinkMerchant', publisher.key, { body: { url: TEA } })
  const { id: quote } = offers.object.quote
  const link = { url: TEA, quote, experience: { btn_pub_user: LOYAL.id } }
  const { object } = await record('createLink', publisher.key, { body: link })
  await record('createShortlink', publisher.key, { body: { url: TEA } })
  const { token } = await follow(object.links.universal)
  const order = {
    order_id: 'order-1',
    total: 2300,
    currency: 'USD',
    btn_ref: token,
    customer: { ...LOYAL, is_new: true },
    line_items: [{ identifier: 'tea', amount: 1150, quantity: 2 }],
  }
  await record('createOrder', merchant.key, { body: order })
  const transactions = '/v1/affiliation/transactions'
  await until(publisher.call, transactions, ({ length }) => length === 1)
  // The ping, the transaction, and the customer who became active.
  await untilAcknowledged(publisher.call, webhook, 3)
  // The second is later, so that lists have one order; and only now, for workers look at the clock too.
  clock.advance(MINUTE_MS)
  const again = { ...order, order_id: 'order-2', line_items: undefined }
  await must(merchant.call('POST', '/v1/order', again))
  const path = { id: 'order-1' }
  await record('getOrder', merchant.key, { path })
  await record('listOrdersByBtnRef', merchant.key, { path: { btn_ref: token! }, query: ONE })
  await until(publisher.call, transactions, ({ length }) => length === 2)
  await untilAcknowledged(publisher.call, webhook, 4)
  await record('listOrders', merchant.key, { query: { judged: 'active', ...ONE } })
  await record('listPublishers', merchant.key)
  await record('getOrderVerdict', merchant.key, { path: { id: 'order-2' } })
  await record('listVerdictConflicts', merchant.key, { query: ONE })
  await record('countVerdictConflicts', merchant.key)
  const line = { segment: 'new', category: ['clothes', 'shoes'], currency: 'USD' }
  await record('chooseRate', merchant.key, { body: line })
  await record('simulateRateCard', merchant.key, { body: { rates: [{ percent: '5' }] } })
  return { cursor }
}

async function recordTransactions({ record, publisher, clock }: Scene): Promise<void> {
  const { key } = publisher
  const listed = await record('listTransactions', key, { query: ONE })
  const path = { id: listed.objects[0].id as string }
  await record('sumTransactions', key)
  for (const [name, operation] of [
    ['segments', 'reportSegments'],
    ['moves', 'reportMoves'],
    ['commissions', 'reportCommissions'],
    ['match', 'reportMatch'],
  ] as const) {
    // A count that takes long is not waited for.
    const now = clock.now().toISOString()
    const isCounted = async () =>
      (await must(publisher.call('GET', `/v1/reports/${name}`))).as_of_date === now
    await vi.waitFor(async () => expect(await isCounted()).toBe(true), { timeout: 60_000 })
    await record(operation, key)
  }
  await record('getTransaction', key, { path })
  await record('listLedger', key, { path })
  const customer = { path: { id: LOYAL.id } }
  await record('listCustomerSegments', key, customer)
  await record('listCustomerEvents', key, { ...customer, query: ONE })
  await record('getTransactionVerdict', key, { path })
  const accounts = await record('listAccounts', key)
  const account = accounts.objects[0].id as string
  await record('listAccountTransactions', key, { path: { account }, query: ONE })
}

async function recordDeliveries(scene: Scene, webhook: string, cursor: string): Promise<void> {
  const { record, publisher } = scene
  const { key, call } = publisher
  const path = { webhook }
  const query = { event_type: 'segment-change', state: 'acknowledged', ...ONE }
  const { objects } = await record('listDeliveries', key, { path, query })
  await record('getDelivery', key, { path: { ...path, event: objects[0].event_id } })
  const stats = `/v1/webhooks/${webhook}/stats`
  await until(call, stats, ({ waiting, last_hour }) => waiting === 0 && last_hour.attempts === 4)
  await record('getWebhookStats', key, { path })
  await record('getWebhookSeries', key, { path })
  await record('checkReceiver', key, { path })
  await record('listEvents', key, {
    query: { cursor, event_type: 'segment-change', wait_seconds: '10' },
  })
}

async function recordReplays({ record, publisher, clock }: Scene, webhook: string): Promise<void> {
  const { key, call } = publisher
  const path = { webhook }
  const now = clock.now().getTime()
  const body = {
    start_date: new Date(now - HOUR_MS).toISOString(),
    end_date: new Date(now + HOUR_MS).toISOString(),
    customer_id: LOYAL.id,
  }
  const { object } = await record('replayEvents', key, { path, body })
  const replays = `/v1/webhooks/${webhook}/replays`
  await until(call, `${replays}/${object.id}`, ({ status }) => status === 'finished')
  await record('getReplay', key, { path: { ...path, replay: object.id } })
  await record('listReplays', key, { path, query: ONE })
  await record('pauseWebhook', key, { path })
  const [event] = await must(
    call('GET', `/v1/webhooks/${webhook}/deliveries?event_type=segment-change`),
  )
  const resent = await record('resendEvent', key, { path: { ...path, event: event.event_id } })
  await record('cancelReplay', key, { path: { ...path, replay: resent.object.id } })
  await record('resumeWebhook', key, { path })
}

async function recordImports({ record, network, publisher }: Scene): Promise<void> {
  const { key, call } = publisher
  const imports = createImportCalls(network.url, publisher)
  const file = `user_id,email_sha256\nlee,${emailHash('lee')}\nmax,max@shop.example\n`
  const { object } = await record('createImport', key)
  const path = { id: object.id as string }
  await record('sendImportFile', key, { path, file, query: { offset: '0' } })
  await imports.rested(path.id)
  await record('getImport', key, { path })
  await record('startImport', key, { path })
  await imports.rested(path.id)
  await record('listImports', key, { query: ONE })
  await record('undoImport', key, { path })
  await imports.rested(path.id)
  const { id } = await must(call('POST', '/v1/imports'))
  await record('cancelImport', key, { path: { id } })
}

async function recordEnds(scene: Scene, webhook: string): Promise<void> {
  const { record, publisher, merchant, operator, clock } = scene
  await record('updateOrder', merchant.key, { path: { id: 'order-1' }, body: { total: 1999 } })
  await record('deleteOrder', merchant.key, { path: { id: 'order-1' } })
  await record('listPublisherVerdictConflicts', publisher.key, { query: ONE })
  const [card] = await must(merchant.call('GET', '/v1/rate-cards'))
  const end_date = new Date(clock.now().getTime() + HOUR_MS).toISOString()
  await record('endRateCard', merchant.key, { path: { rate_card: card.id }, body: { end_date } })
  await record('deleteWebhook', publisher.key, { path: { webhook } })
  await record('verify', operator)
  // Of two of one moment either may be the first of the list.
  clock.advance(MINUTE_MS)
  const begun = await record('beginVerification', operator)
  const path = { verification: begun.object.id as string }
  const run = `/operator/v1/verifications/${path.verification}`
  await until(scene.network.operator.call, run, ({ state }) => state === 'finished')
  await record('getVerification', operator, { path })
  await record('listVerifications', operator, { query: ONE })
  await record('getOverview', operator)
  await record('isAlive', undefined)
  await record('isReady', undefined)
}

/** Waits until the webhook has so many deliveries behind it. */
async function untilAcknowledged(call: Call, webhook: string, count: number): Promise<void> {
  const path = `/v1/webhooks/${webhook}/deliveries?state=acknowledged`
  await until(call, path, ({ length }) => length === count)
}

/** Waits until what a call answers is as it should be. */
async function until(
  call: Call,
  path: string,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  holds: (its: any) => boolean,
): Promise<void> {
  const look = async () => {
    const its = await must(call('GET', path))
    if (!holds(its)) throw new Error(`${path} is ${JSON.stringify(its)}`)
  }
  await vi.waitFor(look, { timeout: LONGEST_MS, interval: 10 })
}
