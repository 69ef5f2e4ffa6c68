import { Type } from 'typebox'
import type { Routes } from '../http/api.ts'
import { onlyMerchant } from '../http/caller.ts'
import { Many, many, None, none, One, one, Warned, warned } from '../http/envelope.ts'
import { Warnings } from '../http/warnings.ts'
import { retry } from '../kernel/database/transaction.ts'
import type { Organization } from '../organizations/organization.ts'
import { getOrder } from '../orders/find-order.ts'
import {
  ORDER_BODY_LIMIT,
  OrderAnswer,
  OrderBody,
  OrderChangeBody,
} from '../orders/order-schema.ts'
import { listWarnings } from '../orders/order-warnings.ts'
import { listOrdersByBtnRef } from '../orders/order-store.ts'
import { btnRefKey, decryptOrder } from '../orders/order.ts'
import type { Order, OrderDocument } from '../orders/order.ts'
import { parseOrder } from '../orders/parse-order.ts'
import { cancelOrder, changeOrder } from './change-order.ts'
import { answerOrder } from './order-answer.ts'
import { createRecordOrder } from './record-orders.ts'
import type { OrderParts } from './record-orders.ts'

const OrderParams = Type.Object({ id: Type.String() })
const tags = ['orders']

/** A merchant's orders. */
export function orderRoutes(parts: OrderParts): Routes {
  const recordOrder = createRecordOrder(parts)
  const answer = (order: Order) => answerOrder(order, parts)
  return (api) => {
    api.post(
      '/order',
      {
        bodyLimit: ORDER_BODY_LIMIT,
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'createOrder',
          summary: 'Report an order; the same call again answers the first',
          description:
            'Judges it by the segment that held before. Other content under a known `order_id` is a 409. ' +
            'An order counts from then on as the purchase that makes its customer active. Members that are not ' +
            'known are ignored, and named in `meta.warnings`.',
          tags,
          body: OrderBody,
          response: { 200: Warned(OrderAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const document = parseOrder(request.body, parts.clock.now())
        const order = await recordOrder({ merchant, document })
        // Its content is that of this report: until it is changed nothing has to be decrypted.
        const object = order.version === 0 ? answerOrder(order, parts, document) : answer(order)
        return warned(object, warningsOf(OrderBody, request.body, document))
      },
    )
    api.post(
      '/order/:id',
      {
        bodyLimit: ORDER_BODY_LIMIT,
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'updateOrder',
          summary: 'Change an open order',
          description:
            'Members that are absent stay as they are; `line_items` are replaced as a whole. A 409 (other ' +
            'systems answer 403) once the order is finalized or deleted. The verdict stays.',
          tags,
          params: OrderParams,
          body: OrderChangeBody,
          response: { 200: Warned(OrderAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const order = await changeOrder(parts, merchant, request.params.id, request.body)
        const document = decryptOrder(parts.vault, order)
        const warnings = warningsOf(OrderChangeBody, request.body, document)
        return warned(answerOrder(order, parts, document), warnings)
      },
    )
    addCancelRoute(parts)(api)
    addReadRoutes(parts)(api)
  }
}

function warningsOf(
  schema: typeof OrderBody | typeof OrderChangeBody,
  body: OrderChangeBody,
  document: OrderDocument,
): Warnings {
  return new Warnings().addUnknown(schema, body).addAll(listWarnings(body, document))
}

function addCancelRoute(parts: OrderParts): Routes {
  return (api) => {
    api.delete(
      '/order/:id',
      {
        config: { only: 'merchant', errors: [409] },
        schema: {
          operationId: 'deleteOrder',
          summary: 'Cancel an order',
          description:
            'What it owes is taken back. A second time is fine; a 409 once it is finalized.',
          tags,
          params: OrderParams,
          response: { 200: None },
        },
      },
      async (request) => {
        await cancelOrder(parts, onlyMerchant(request), request.params.id)
        return none()
      },
    )
  }
}

function addReadRoutes(parts: OrderParts): Routes {
  const { vault } = parts
  const { db } = parts.database
  const read = (merchant: Organization, id: string) =>
    retry(() => getOrder(db, vault, merchant, id))
  return (api) => {
    api.get(
      '/order/:id',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'getOrder',
          summary: 'Read an order, by our id or by your own',
          description: 'Test orders are read like all others.',
          tags,
          params: OrderParams,
          response: { 200: One(OrderAnswer) },
        },
      },
      async (request) =>
        one(answerOrder(await read(onlyMerchant(request), request.params.id), parts)),
    )
    api.get(
      '/order/btn-ref/:btn_ref',
      {
        config: { only: 'merchant' },
        schema: {
          operationId: 'listOrdersByBtnRef',
          summary: 'The orders under an attribution token, oldest first',
          description: 'The whole list at once.',
          tags,
          params: Type.Object({ btn_ref: Type.String() }),
          response: { 200: Many(OrderAnswer) },
        },
      },
      async (request) => {
        const merchant = onlyMerchant(request)
        const key = btnRefKey(vault, merchant, request.params.btn_ref)
        const orders = await retry(() => listOrdersByBtnRef(db, merchant.number, key))
        const objects = orders.map((order) => answerOrder(order, parts))
        return many(request, { objects, next: null, previous: null })
      },
    )
  }
}
