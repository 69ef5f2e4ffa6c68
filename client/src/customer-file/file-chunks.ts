import { BLOCK_BYTES } from './file-blocks.ts'

/** The text or bytes of a file: whole, or as a stream of either kind. */
export type Chunks =
  string | Uint8Array | AsyncIterable<string | Uint8Array> | ReadableStream<string | Uint8Array>

/** The bytes of a file in chunks of a bounded length, so that memory stays bounded. */
export async function* byteChunks(file: Chunks): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder()
  for await (const chunk of chunksOf(file)) {
    const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk
    for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
      yield bytes.subarray(from, from + BLOCK_BYTES)
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
