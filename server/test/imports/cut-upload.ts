import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Dice } from '../crash/dice.ts'
import { open } from '../http/raw.ts'
import type { Member } from '../support/network.ts'

/** How the bytes of a file are sent. */
export interface BodyForm {
  encoding: 'identity' | 'gzip' | 'zstd'
  isChunked: boolean
}

export function pickBodyForm(dice: Dice): BodyForm {
  const encoding = (['identity', 'gzip', 'zstd'] as const)[dice.whole(3)] ?? 'identity'
  return { encoding, isChunked: dice.chance(0.5) }
}

export function pack(bytes: Buffer, { encoding }: Pick<BodyForm, 'encoding'>): Buffer {
  if (encoding === 'identity') return bytes
  return encoding === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes)
}

/** Sends a part of a request, anywhere cut, and then breaks the connection in one way or another. */
export async function sendCut(
  { url, key }: { url: string } & Pick<Member, 'key'>,
  line: string,
  { bytes, form, share, dice }: { bytes: Buffer; form: BodyForm; share: number; dice: Dice },
): Promise<void> {
  const packed = pack(bytes, form)
  const length = form.isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${packed.length}`
  const head = [
    `${line} HTTP/1.1`,
    'Host: newcomer.example',
    `Authorization: Basic ${btoa(`${key}:`)}`,
    'Content-Type: text/csv',
    `Content-Encoding: ${form.encoding}`,
    length,
  ].join('\r\n')
  const body = form.isChunked ? chunk(packed, dice) : packed
  const wire = Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body])
  // Never the last byte: that would make it whole.
  const end = Math.floor(share * (wire.length - 1))
  const socket = open(url)
  for (let at = 0; at < end;) {
    const next = Math.min(end, at + 1 + dice.whole(100_000))
    await new Promise((resolve) => socket.write(wire.subarray(at, next), resolve))
    at = next
  }
  if (dice.chance(0.5)) socket.destroy()
  else socket.resetAndDestroy()
}

function chunk(bytes: Buffer, dice: Dice): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + 1 + dice.whole(70_000))
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
    at += piece.length
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}
