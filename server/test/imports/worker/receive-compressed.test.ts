import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { unpackBatch } from '../../../src/imports/store/batch.ts'
import { createUploadCalls } from '../../../src/imports/worker/read-upload.ts'
import type { WorkerImport } from '../../../src/imports/worker/worker-protocol.ts'
import { createVault } from '../../../src/kernel/vault.ts'
import { createDice } from '../../crash/dice.ts'
import { NOW, hashOf } from '../csv/read-file.ts'

const vault = createVault(Buffer.alloc(32, 7))
const its: WorkerImport = {
  vaultKey: vault.copyKey(),
  organization: { id: 'org-0123456789abcdef', number: 1, role: 'publisher' },
  key: '00000001-0000-0000-0123-456789abcdef',
  import: 'import-0123456789abcdef',
  kind: null,
  mode: 'merge',
}

const lineOf = (name: number) => `p-${name},${hashOf(name)}\n`
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)
const HEADER = 'user_id,email_sha256\n'
const text = (from: number, to: number) => numbers(from, to).map(lineOf).join('')

/** Reads a body that comes in such pieces; the ids of its rows, or why it was refused. */
async function readBody(
  encoding: 'gzip' | 'zstd',
  pieces: Uint8Array[],
): Promise<string[] | string> {
  const reading = createUploadCalls(vault, its)
  reading.beginUpload({ now: NOW, encoding, from: null, number: 0 })
  const read = []
  for (const piece of pieces) {
    read.push(await reading.parse(piece))
    while (read.at(-1)?.isMore) read.push(await reading.parseMore())
  }
  read.push(await reading.endUpload())
  const refused = read.find((each) => each.refused)?.refused
  if (refused) return refused.type
  return read
    .flatMap(({ batches: parts }) => parts)
    .flatMap(({ number, blob }) => unpackBatch(vault, its.key, number, blob).rows)
    .map(({ id }) => id)
}

/** As one piece, cut into bytes, and cut here and there. */
function piecesOf(bytes: Buffer): Uint8Array[][] {
  const dice = createDice(bytes.length)
  const some: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + dice.whole(bytes.length / 4)
    some.push(bytes.subarray(at, end))
    at = end
  }
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
  return [[bytes], some, single]
}

const PACK = {
  gzip: (text: string) => gzipSync(text),
  zstd: (text: string) =>
    zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
}

/** A frame that decompressors are to pass over; such as pzstd and others write them. */
function skippable(content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32LE(0x184d2a50, 0)
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}

describe.each(['gzip', 'zstd'] as const)('a body packed with %s', (encoding) => {
  const pack = PACK[encoding]
  const all = numbers(0, 90).map((number) => `p-${number}`)
  const members = [
    pack(HEADER + text(0, 1) + lineOf(1).slice(0, 20)),
    pack(lineOf(1).slice(20) + text(2, 60)),
    pack(''),
    pack(text(60, 90)),
  ]

  const whole: [string, Buffer][] = [
    ['of one member', pack(HEADER + text(0, 90))],
    ['of several members', Buffer.concat(members)],
    [
      'of a member a row',
      Buffer.concat([
        pack(HEADER),
        ...numbers(0, 90)
          .map(lineOf)
          .map((l) => pack(l)),
      ]),
    ],
  ]
  if (encoding === 'gzip') whole.push(['padded', Buffer.concat([...members, Buffer.alloc(1000)])])
  else {
    const skipped = [members[0]!, Buffer.from('x'), Buffer.alloc(0)].map(skippable)
    whole.push([
      'with frames to skip',
      Buffer.concat([skipped[0]!, ...members.flatMap((m) => [m, ...skipped])]),
    ])
  }
  test.each(whole)('%s is read to its end, however it comes', async (_, bytes) => {
    for (const pieces of piecesOf(bytes)) expect(await readBody(encoding, pieces)).toEqual(all)
  })

  const broken: [string, Buffer][] = [
    ['empty', Buffer.alloc(0)],
    ['cut off', members[0]!.subarray(0, -3)],
    ['cut off in a later member', Buffer.concat(members).subarray(0, -3)],
    [
      'cut off in the beginning of a later member',
      Buffer.concat([members[0]!, members[1]!.subarray(0, 3)]),
    ],
    ['followed by something else', Buffer.concat([...members, Buffer.from(text(90, 95))])],
    [
      'followed by zeros and something else',
      Buffer.concat([...members, Buffer.alloc(9), members[3]!]),
    ],
    ['with a byte changed', changed(Buffer.concat(members))],
  ]
  test.each(broken)('%s is refused, and no part of it lost in silence', async (_, bytes) => {
    for (const pieces of piecesOf(bytes)) {
      expect(await readBody(encoding, pieces)).toBe('FileDamaged')
    }
  })
})

function changed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = copy.length >> 1
  copy[middle] = copy[middle]! ^ 0xff
  return copy
}
