import { gzipSync, zstdCompressSync } from 'node:zlib'
import { createAsk } from '../imports/ask.ts'
import { createImportCalls } from '../imports/import-calls.ts'
import type { ImportCalls } from '../imports/import-calls.ts'
import { must } from '../support/network.ts'
import { HEX_MARK, MARK } from './canaries.ts'

const hash = (end: string): string => HEX_MARK + end.padStart(64 - HEX_MARK.length, '0')
const digits = `${HEX_MARK}00000000000`
const device = [8, 12, 16, 20, 32]
  .map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end))
  .join('-')
const mail = `${MARK}@mail.example`

/**
 * A file in which every cell is private, also of rows that are rejected and of columns that are ignored.
 * The address is wherever one may stand by mistake, but for the id.
 */
export function fileWith(address: string): string {
  return [
    `user_id,email_sha256,Advertising ID,${MARK} column,${address},last_purchase_date`,
    `${MARK}-i1,${hash('a1')},${device},${MARK},${address},`,
    `${MARK}-i2,${hash('a2').toUpperCase()},,"${MARK},\n${address}",,2025-01-01`,
    `${MARK}-i3,${address},,,,`,
    `${MARK}-i4, ${address.toUpperCase()} ,,${MARK},,`,
    `${MARK}-i5,"mailto:${address}",,,,`,
    `${MARK}-i6,${HEX_MARK}0,,,,`,
    `${MARK}-i7,,${address},,,`,
    `${MARK}-i8,,${digits},,,`,
    `${MARK}-i9,${hash('a1')},,,,${address}`,
    `${MARK} i10,${hash('a3')},,,,`,
    `${MARK}-i11,${hash('a3')},,,,,${address},${MARK}`,
    `${MARK}-i12,${hash('a3')}|${address},,,,`,
    `"${MARK}-i13,${hash('a3')},${address}"`,
    `${MARK}-i14,${hash('a3')}\u0000,,,,`,
    `${MARK}-i15,${hash('a3')},,"${`${address} `.repeat(3_000)}",,`,
    `=${MARK}-i16,${hash('a3').slice(1)},,,,`,
    `"${MARK}-i17,${hash('a3')},,"${MARK}" "${address},,`,
    '',
  ].join('\n')
}

const canaryFile = fileWith(mail)

// What is refused as a whole.
const noHeader = canaryFile.slice(canaryFile.indexOf('\n') + 1)
const noUserId = `${mail},${MARK}\n${MARK},${hash('a4')}\n`
const json = JSON.stringify([{ user_id: MARK, email_sha256: hash('a4'), email: mail }])

/** Makes every call about imports with what is private, some by the shop and the rest by the publisher. */
export async function importWithCanaries(
  url: string,
  { publisher, shop }: { publisher: string; shop: string },
): Promise<void> {
  await runAll(createImportCalls(url, { key: shop }))
  const imports = createImportCalls(url, { key: publisher })
  await interrupt(imports)
  await refuse(url, publisher, imports)
}

async function runAll(imports: ImportCalls): Promise<void> {
  const { id } = await imports.check(canaryFile, { repeatKey: MARK })
  const { created, rejected } = await imports.finish(id)
  if (created !== 3 || rejected !== 14) throw new Error(`${created} created, ${rejected} rejected`)
  const mended = (await imports.rejects(id)).replaceAll(`${HEX_MARK}0,`, `${hash('a5')},`)
  await imports.run(Buffer.from(mended, 'utf16le'), { mode: 'replace' })
  await imports.takeBack(id)
  await imports.run(zstdCompressSync(Buffer.from(canaryFile)), { encoding: 'zstd', quiet: true })
}

/** A file that comes in parts, and one of which never all comes. */
async function interrupt(imports: ImportCalls): Promise<void> {
  const rows = Array.from({ length: 1_500 }, (_, row) => `${MARK}-r${row},${hash(`b${row}`)}\n`)
  const file = `user_id,email_sha256\n${rows.join('')}`
  const { id } = await must(imports.send(undefined))
  const first = await must(imports.sendRest(id, 0, file, 'last=false'))
  await imports.sendRest(id, 7, file)
  await must(imports.sendRest(id, first.received_bytes, `"${MARK},${mail}`, 'last=false'))
  const { id: ready } = await imports.check(file.slice(0, 3_000))
  await must(imports.cancel(ready))
  await must(imports.cancel(id))
}

async function refuse(url: string, key: string, imports: ImportCalls): Promise<void> {
  for (const file of [noHeader, noUserId, json, Buffer.from(noHeader, 'utf16le')]) {
    await must(imports.send(file))
  }
  const packed = gzipSync(canaryFile)
  const packedAnew = zstdCompressSync(Buffer.from(canaryFile))
  for (const bytes of [packed.subarray(0, -40), Buffer.concat([packed, Buffer.from(mail)])]) {
    await must(imports.send(bytes, { encoding: 'gzip' }))
  }
  await must(imports.send(packedAnew.subarray(0, -9), { encoding: 'zstd' }))
  await must(imports.send(canaryFile, { encoding: 'gzip' }))
  const ask = createAsk(url, { key })
  const body = Buffer.from(json)
  await ask('POST', '/v1/imports', { headers: { 'content-type': 'application/json' }, body })
  await ask('POST', `/v1/imports?mode=${MARK}`, { body })
  await ask('POST', `/v1/imports?${MARK}=${MARK}`, { body })
  await ask('POST', '/v1/imports', { headers: { 'content-encoding': MARK }, body })
  await ask('POST', '/v1/imports', { headers: { 'idempotency-key': `${MARK} ` }, body })
  for (const rest of ['', '/events', '/rejects.csv']) await ask('GET', `/v1/imports/${MARK}${rest}`)
  await ask('PUT', `/v1/imports/${MARK}/file`, { body })
  await ask('GET', `/v1/imports?cursor=${MARK}`)
  await createAsk(url, { key: `sk-${MARK}` })('POST', '/v1/imports', { body })
}
