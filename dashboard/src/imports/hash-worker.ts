import { createAnswerer } from './answer-page.ts'
import type { Asked, Told } from './worker-protocol.ts'

/*
 * The one place that reads the file. It runs apart from the page, and its answer's Content-Security-Policy lets it
 * load and send nothing at all: what leaves the browser are the pieces that it hands to the page, and those are hashed.
 */

const answer = createAnswerer()
const tell = (told: Told): void => globalThis.postMessage(told)

globalThis.addEventListener('message', ({ data }: MessageEvent<Asked & { number: number }>) => {
  const { number } = data
  answer(data, (read) => tell({ number, read })).then(
    (answered) => tell({ number, answer: answered }),
    (error: unknown) => {
      tell({ number, failure: error instanceof Error ? error.message : String(error) })
    },
  )
})
