import type {
  Attempt,
  DeliveryState,
  Endpoint,
  SegmentChangeCause,
  SubscribableType,
} from '@newcomer/client/browser'

export const TYPES: { value: SubscribableType; label: string; about: string }[] = [
  {
    value: 'segment-change',
    label: 'segment-change',
    about: 'a customer became new or active at a merchant',
  },
  { value: 'tx-pending', label: 'tx-pending', about: 'a transaction came to be, or changed' },
  { value: 'tx-validated', label: 'tx-validated', about: 'a transaction became final' },
  { value: 'tx-declined', label: 'tx-declined', about: 'a transaction was declined' },
  {
    value: 'endpoint-paused',
    label: 'endpoint-paused',
    about: 'another of your webhooks paused itself',
  },
]

export const CAUSES: { value: SegmentChangeCause; label: string }[] = [
  { value: 'order', label: 'An order' },
  { value: 'order-deleted', label: 'A deleted order' },
  { value: 'import', label: 'An import' },
  { value: 'customer', label: 'What was reported of the customer' },
  { value: 'erasure', label: 'An erasure' },
]

export const STATES: { value: DeliveryState; label: string; color: string; about: string }[] = [
  { value: 'waiting', label: 'waiting', color: 'blue', about: 'not done with yet' },
  { value: 'acknowledged', label: 'acknowledged', color: 'teal', about: 'the receiver has it' },
  {
    value: 'refused',
    label: 'refused',
    color: 'red',
    about: 'the receiver answered that it never wants it',
  },
  {
    value: 'expired',
    label: 'expired',
    color: 'orange',
    about: 'it failed for too long and was given up',
  },
]

const ERRORS: Record<string, string> = {
  forbidden: 'the address is one that webhooks may not go to',
  timeout: 'there was no answer within 10 seconds',
  refused: 'nothing listens at the address',
  reset: 'the connection was cut',
  dns: 'the name of the host could not be found',
  tls: 'the certificate or the encryption is not in order',
  unreachable: 'there is no way to the host',
  invalid: 'what was answered is not HTTP',
  unsendable: 'this Newcomer could not make the request; tell the operator',
  unknown: 'the connection failed',
}

/** What came of a request: "answered 500", "there was no answer within 10 seconds". */
export function sayResult({ status, error }: Pick<Attempt, 'status' | 'error'>): string {
  if (status !== null) return `answered ${status}`
  return ERRORS[error ?? ''] ?? 'the connection failed'
}

/** Why the webhook gets nothing for now, as a sentence. */
export function sayPause({ paused }: Endpoint): string {
  if (!paused) return ''
  const { reason, by, failing, attempted, status, error } = paused
  if (reason === 'gone') return 'It answered 410 Gone, so it paused itself.'
  if (reason !== 'failures') return by === null ? 'Paused by hand.' : `Paused by hand: ${by}.`
  const last =
    status === null && error === null ? '' : `; the last: ${sayResult({ status, error })}`
  return `It paused itself: ${failing ?? 0} of ${attempted ?? 0} events in an hour failed${last}.`
}

/** The part of a URL that says whose it is; the rest may hold a secret. */
export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url
}

export function sayMs(ms: number | null): string {
  return ms === null ? 'none yet' : `${ms} ms`
}

const plain = new Intl.NumberFormat('en')

export function sayCount(count: number, isAtLeast = false): string {
  return `${isAtLeast ? 'at least ' : ''}${plain.format(count)}`
}
