import { checkFile, checkHead, hashFile } from './check-file.ts'
import { createDigest } from '../parts/hash-text.ts'
import { PieceCutter } from './piece-cutter.ts'
import type { Piece } from './piece-cutter.ts'
import type { Answers, Asked, PackedPiece, SentFile } from './worker-protocol.ts'

/** Answers one question of the page after the other. Rejects with what to say of a file that can't be sent. */
export function createAnswerer(): (
  asked: Asked,
  tell: (read: number) => void,
) => Promise<Answers[keyof Answers]> {
  let cutter: PieceCutter | undefined
  let turn: Promise<unknown> = Promise.resolve()

  async function answer(asked: Asked, tell: (read: number) => void) {
    switch (asked.ask) {
      case 'head':
        return checkHead(asked.file, asked.columns)
      case 'file':
        return checkFile(asked.file, asked.columns, tell)
      case 'open':
        cutter = new PieceCutter(() => hashUnchanged(asked))
        return null
      case 'piece': {
        if (!cutter) throw new TypeError('No file was opened.')
        const { from, size, isPacked } = asked
        return packPiece(await cutter.cut(from, size), isPacked)
      }
    }
  }

  return (asked, tell) => {
    const answered = turn.then(() => answer(asked, tell))
    turn = answered.then(
      // While a piece is on its way the next is hashed. What fails then, fails again when it is asked for.
      () =>
        asked.ask === 'piece' && asked.isPacked ? cutter?.readAhead().catch(forget) : undefined,
      forget,
    )
    return answered
  }
}

const forget = (): void => undefined

/** Throws TypeError at its end where it is not what was checked: then the last piece is never cut. */
async function* hashUnchanged({ file, columns, sha256 }: SentFile) {
  const digest = createDigest()
  for await (const chunk of hashFile(file, columns)) {
    digest.update(chunk)
    yield chunk
  }
  if (digest.end() === sha256) return
  throw new TypeError('The file has changed since it was checked. Choose it again.')
}

async function packPiece(piece: Piece, isPacked: boolean): Promise<PackedPiece> {
  const { offset, size, isLast } = piece
  const plain = new Blob(piece.chunks)
  const content = isPacked
    ? await new Response(plain.stream().pipeThrough(new CompressionStream('gzip'))).blob()
    : plain
  return { offset, size, isLast, content }
}
