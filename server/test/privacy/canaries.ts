import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Stands in every text that nobody may find again; in it no base64 block repeats. */
export const MARK = 'kAnArIeNvOgElZwItScHeRt'
/** Every hash begins with this, and every advertising id with its first 32 digits' beginning. */
export const HEX_MARK = 'c0ffee5eadb1edca4a71e'

/** A needle, and what it is a form of. */
export interface Needle {
  name: string
  bytes: Buffer
}

/** The ways in which a text could lie in a file: as it is, in other case, as base64, as hex. */
export function formsOf(name: string, text: string): Needle[] {
  const cased = new Set([text, text.toUpperCase(), text.toLowerCase()])
  return [...cased].flatMap((each) => {
    const hex = Buffer.from(each).toString('hex')
    return [
      { name: `${name} as it is`, bytes: Buffer.from(each) },
      { name: `${name} in UTF-16`, bytes: Buffer.from(each, 'utf16le') },
      { name: `${name} in hex`, bytes: Buffer.from(hex) },
      { name: `${name} in upper case hex`, bytes: Buffer.from(hex.toUpperCase()) },
      ...inBase64(each).map((bytes) => ({ name: `${name} in base64`, bytes })),
    ]
  })
}

/** Whatever stands before it: base64 depends on where in a block of three the text begins. */
function inBase64(text: string): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64')
    // The first and last digits depend on the neighbours.
    const whole = encoded.replace(/=+$/, '')
    return Buffer.from(whole.slice(shift === 0 ? 0 : 4, -2))
  })
}

/** The bytes that hex digits stand for, and those digits as text. */
export function formsOfHex(name: string, digits: string): Needle[] {
  const even = digits.slice(0, digits.length - (digits.length % 2))
  const bytes = Buffer.from(even, 'hex')
  return [
    ...formsOf(name, digits),
    { name: `${name} as bytes`, bytes },
    {
      name: `${name} as bytes in base64`,
      bytes: Buffer.from(bytes.toString('base64').slice(0, -4)),
    },
  ]
}

export function findIn(where: string, content: Buffer, needles: Needle[]): string[] {
  return needles
    .filter(({ bytes }) => content.includes(bytes))
    .map(({ name }) => `${name}: in ${where}`)
}

/** Searches every file below the folder; `except` are paths below it. */
export async function findInFolder(
  folder: string,
  needles: Needle[],
  except: string[] = [],
): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(folder.length + 1)
    if (!entry.isFile() || except.includes(name)) continue
    const file = await open(path)
    found.push(...findIn(name, await file.readFile(), needles))
    await file.close()
  }
  return found
}
