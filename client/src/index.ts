export type { Page, PageQuery } from './answer.ts'
export { createClient } from './client.ts'
export type { Client, ClientOptions } from './client.ts'
export type {
  BatchResult,
  Customer,
  CustomerCalls,
  CustomerReport,
  Identifiers,
  Segment,
} from './customer.ts'
export type {
  Attempt,
  Delivery,
  DeliveryQuery,
  DeliveryState,
  Endpoint,
  EndpointCalls,
  EndpointFields,
  EndpointWithSecret,
} from './endpoint.ts'
export type {
  EventType,
  PingEvent,
  SegmentChange,
  SegmentChangeCause,
  SegmentChangeEvent,
  SubscribableType,
  TransactionEvent,
  WebhookEvent,
} from './event.ts'
export { hashEmail } from './hash-email.ts'
export type { Merchant, MerchantCalls, MerchantQuery, PartnershipStatus } from './merchant.ts'
export { NewcomerError } from './newcomer-error.ts'
export type { NewcomerErrorParts } from './newcomer-error.ts'
export type {
  LineItem,
  Order,
  OrderCalls,
  OrderCustomer,
  OrderFields,
  OrderReport,
  RecordedLineItem,
  Verdict,
} from './order.ts'
export { signButton, signStandard } from './sign-webhook.ts'
export type { StandardParts } from './sign-webhook.ts'
export type { Transaction, TransactionLineItem, TransactionVerdict } from './transaction.ts'
export { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts'
export type { VerificationReason, VerifyOptions, WebhookHeaders } from './verify-webhook.ts'
