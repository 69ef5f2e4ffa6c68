import type { Dice } from '../../crash/dice.ts'
import { createImportCalls } from '../../imports/import-calls.ts'
import { partnershipPath } from '../../links/shoppers.ts'
import { BUYERS, CUSTOMERS, fileOf, hashOf, PEOPLE } from './people.ts'
import type { Who, World } from './twins.ts'

/** What others do in one of the worlds alone. `count` is a number that nothing else has. */
export type Secret = (world: World, dice: Dice, count: number) => Promise<unknown>

type Secrets = Readonly<Record<string, Secret>>

const anyone = (dice: Dice): number => dice.whole(PEOPLE)
/** With one of a few ids, so that people come to share them and lose them again. */
const customer = (dice: Dice) => ({
  id: `s${anyone(dice)}`,
  emails_sha256: [1, 2, 3].map(() => hashOf(dice.whole(2 * PEOPLE))),
})
/** Somebody whom the publisher never names. */
const stranger = (dice: Dice): number => CUSTOMERS + dice.whole(PEOPLE - CUSTOMERS)

/** A secret that calls once; what it is answered does not matter. */
const call =
  (
    who: Who,
    method: string,
    make: (dice: Dice, count: number) => [path: string, body?: unknown],
  ): Secret =>
  ({ members }, dice, count) =>
    members[who].call(method, ...make(dice, count))

/** A file of three people, with ids that begin with the prefix. */
const importBy =
  (who: Who, prefix: string, person: (dice: Dice) => number): Secret =>
  async ({ network, members }, dice) => {
    const imports = createImportCalls(network.url, members[who])
    await imports.run(fileOf(prefix, [person(dice), person(dice), person(dice)]))
  }

/** Whether the other merchant works with the publisher. */
const partnershipOf =
  (who: 'publisher' | 'rival'): Secret =>
  async ({ network, members }, dice) => {
    const path = partnershipPath(members[who], members.otherMerchant)
    const status = dice.chance(0.5) ? 'approved' : 'available'
    await network.operator.call('PUT', path, { status })
  }

const ofCustomers = (who: 'publisher' | 'rival'): Secrets => ({
  report: call(who, 'POST', (dice) => ['/v1/customers', customer(dice)]),
  batch: call(who, 'POST', (dice) => [
    '/v1/customers/batch',
    { customers: [1, 2, 3].map(() => customer(dice)) },
  ]),
  replace: call(who, 'PUT', (dice) => [
    `/v1/customers/s${anyone(dice)}`,
    { emails_sha256: customer(dice).emails_sha256 },
  ]),
  erase: call(who, 'DELETE', (dice) => [`/v1/customers/s${anyone(dice)}`]),
  offers: call(who, 'POST', (dice) => [
    '/v1/offers',
    { user_id: `s${anyone(dice)}`, email_sha256s: [hashOf(anyone(dice))] },
  ]),
  import: importBy(who, 's', anyone),
})

const order = (order_id: string, person: number, dice: Dice, more: object = {}) => ({
  ...{ order_id, total: 1 + dice.whole(5_000), currency: 'USD', ...more },
  customer: {
    ...{ id: `shopper${person}`, email_sha256: hashOf(person) },
    ...(dice.chance(0.3) && { is_new: dice.chance(0.5) }),
  },
})

/**
 * What a publisher must not learn of: what another publisher does, and what the merchants know of people whom it never
 * names, or of those who were buyers before: how often, when and for how much they buy.
 */
export const SECRETS_FROM_PUBLISHER: Secrets = {
  ...ofCustomers('rival'),
  orderOfStranger: call('merchant', 'POST', (dice, count) => [
    '/v1/order',
    order(`secret${count}`, stranger(dice), dice),
  ]),
  orderOfBuyer: call('merchant', 'POST', (dice, count) => [
    '/v1/order',
    order(`secret${count}`, dice.whole(BUYERS), dice),
  ]),
  async orderFromRival(world, dice, count) {
    const btn_ref = await world.click('rival', 'merchant', `s${anyone(dice)}`)
    const person = dice.chance(0.5) ? stranger(dice) : dice.whole(BUYERS)
    const body = order(`secret${count}`, person, dice, { btn_ref })
    await world.members.merchant.call('POST', '/v1/order', body)
  },
  change: call('merchant', 'POST', (dice, count) => [
    `/v1/order/secret${dice.whole(count)}`,
    { total: dice.whole(5_000) },
  ]),
  cancel: call('merchant', 'DELETE', (dice, count) => [`/v1/order/secret${dice.whole(count)}`]),
  account: call('merchant', 'POST', (dice) => {
    const person = stranger(dice)
    return ['/v1/customers', { id: `shopper${person}`, email_sha256: hashOf(person) }]
  }),
  eraseShopper: call('merchant', 'DELETE', (dice) => [`/v1/customers/shopper${stranger(dice)}`]),
  importPurchasers: importBy('merchant', 'shopper', stranger),
  rivalsPartnership: partnershipOf('rival'),
  rivalsRates: ({ members }, dice) =>
    members.merchant.call('POST', '/v1/rate-cards', {
      name: 'for the rival',
      publisher_id: members.rival.organization.id,
      rates: [{ percent: String(1 + dice.whole(9)) }],
    }),
}

/** What a merchant must not learn of: whom publishers know, whom they show offers, and what other merchants do. */
export const SECRETS_FROM_MERCHANT: Secrets = {
  ...Object.fromEntries(
    (['publisher', 'rival'] as const).flatMap((who) =>
      Object.entries(ofCustomers(who)).map(([name, secret]) => [`${who}: ${name}`, secret]),
    ),
  ),
  click: (world, dice) => world.click('publisher', 'merchant', `s${anyone(dice)}`),
  clickElsewhere: (world, dice) => world.click('rival', 'otherMerchant', `s${anyone(dice)}`),
  orderElsewhere: call('otherMerchant', 'POST', (dice, count) => [
    '/v1/order',
    order(`secret${count}`, anyone(dice), dice),
  ]),
  cancelElsewhere: call('otherMerchant', 'DELETE', (dice, count) => [
    `/v1/order/secret${dice.whole(count)}`,
  ]),
  importElsewhere: importBy('otherMerchant', 'shopper', anyone),
  partnershipElsewhere: partnershipOf('publisher'),
}
