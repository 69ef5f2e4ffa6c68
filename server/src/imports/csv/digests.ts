import { hash } from 'node:crypto'
import type { Digests } from '../../../../client/src/customer-file/hash-mistakes.ts'

export const DIGESTS: Digests = {
  md5: (bytes) => hash('md5', bytes),
  sha1: (bytes) => hash('sha1', bytes),
  sha256: (bytes) => hash('sha256', bytes),
  sha512: (bytes) => hash('sha512', bytes),
}
