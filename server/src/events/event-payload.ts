import type { Vault } from '../kernel/vault.ts'
import type { NewEvent } from './event.ts'

function blobRow(eventId: string): string {
  return `events/${eventId}`
}

/**
 * Encrypts the payload of an event for its `blob`. The payload stays as it was when the event happened, so
 * it must hold nothing that an erasure has to delete: such members are added at delivery.
 */
export function encryptPayload(vault: Vault, eventId: string, payload: object): Buffer {
  return vault.encrypt(blobRow(eventId), payload)
}

/** Throws when the event has no payload, or one that was damaged or is another event's. */
export function decryptPayload(vault: Vault, { id, blob }: Pick<NewEvent, 'id' | 'blob'>): object {
  if (!blob) throw new Error('the event has no payload')
  return vault.decrypt<object>(blobRow(id), blob)
}
