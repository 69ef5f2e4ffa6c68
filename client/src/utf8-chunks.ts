// Shared with browsers: nothing of Node here.

/** The text or bytes of a file: whole, or as a stream of either kind. */
export type Chunks =
  string | Uint8Array | AsyncIterable<string | Uint8Array> | ReadableStream<string | Uint8Array>

/** So much is worked on at once; a larger chunk is cut, so that memory stays bounded. */
const chunkLength = 256 * 1024

/** Enough to tell an encoding by; the first chunk is at least as long, unless the file is shorter. */
const headLength = 1024

/**
 * The bytes of a file as UTF-8 where it is UTF-16 by its byte order mark or its look; otherwise as
 * they are. Throws TypeError for UTF-32.
 */
export async function* utf8Chunks(file: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = byteChunks(file)
  let head = new Uint8Array()
  while (head.length < headLength) {
    const { value } = await bytes.next()
    if (!value) break
    head = concat(head, value)
  }
  const encoding = findEncoding(head)
  if (!encoding) {
    yield head
    yield* bytes
    return
  }
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  yield encoder.encode(decoder.decode(head, { stream: true }))
  for await (const chunk of bytes) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

/** The bytes of a file in chunks of a bounded length. */
export async function* byteChunks(file: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  for await (const chunk of chunksOf(file)) {
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk
    for (let from = 0; from < bytes.length; from += chunkLength) {
      yield bytes.subarray(from, from + chunkLength)
    }
  }
}

async function* chunksOf(file: Chunks): AsyncGenerator<string | Uint8Array, void, undefined> {
  if (typeof file === 'string' || file instanceof Uint8Array) yield file
  else if (Symbol.asyncIterator in file) yield* file
  else {
    // Not all browsers can iterate over a stream.
    const reader = (file as ReadableStream<string | Uint8Array>).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  }
}

export function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}

function findEncoding(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second, third, fourth] = head
  const wide = first === 0xff && second === 0xfe && third === 0 && fourth === 0
  if (wide || (first === 0 && second === 0 && third === 0xfe && fourth === 0xff)) {
    throw new TypeError('The file is UTF-32: save it as UTF-8')
  }
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  // Without a mark the zero halves of ASCII letters give it away.
  const zeros = [0, 0]
  const looked = head.subarray(0, headLength)
  for (const [index, byte] of looked.entries()) {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  }
  const [even = 0, odd = 0] = zeros
  const isMixed = Math.min(even, odd) > 0 || Math.max(even, odd) * 3 < looked.length
  if (isMixed || looked.length < 8) return undefined
  return odd > even ? 'utf-16le' : 'utf-16be'
}
