import type { SubscribableType } from '@newcomer/client/browser'

export const EVENT_TYPES: SubscribableType[] = [
  'segment-change',
  'tx-pending',
  'tx-validated',
  'tx-declined',
  'endpoint-paused',
]

export interface EventSearch {
  type?: SubscribableType | undefined
}

export function parseEventSearch(search: Record<string, unknown>): EventSearch {
  return { type: EVENT_TYPES.find((each) => each === search['type']) }
}
