import type { Vault } from '../kernel/vault.ts'

function blobRow(eventId: string): string {
  return `events/${eventId}`
}

/**
 * What an event carries to its receivers, for its `blob`. It is kept as it was when the event
 * happened, so it must hold nothing that has to be forgotten when a customer is erased: such members
 * are added at delivery.
 */
export function encryptPayload(vault: Vault, eventId: string, payload: object): Buffer {
  return vault.encrypt(blobRow(eventId), payload)
}

/** Throws when the blob was damaged, or belongs to another event. */
export function decryptPayload(vault: Vault, eventId: string, blob: Uint8Array): object {
  return vault.decrypt<object>(blobRow(eventId), blob)
}
