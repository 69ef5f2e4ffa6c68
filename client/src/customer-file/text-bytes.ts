const PIECE = 8_192

/**
 * Bytes as a text with a character for each: what cuts a file into records then counts in bytes and
 * characters alike. A caller that has something faster passes it on instead.
 */
export function toByteText(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += PIECE) {
    text += String.fromCharCode(...bytes.subarray(from, from + PIECE))
  }
  return text
}

/** The bytes of such a text. */
export function fromByteText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether the bytes of such a text are UTF-8. */
export function isUtf8Text(text: string): boolean {
  if (isAscii(text)) return true
  try {
    strict.decode(fromByteText(text))
    return true
  } catch {
    return false
  }
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let length = 0
  for (const piece of pieces) {
    joined.set(piece, length)
    length += piece.length
  }
  return joined
}
