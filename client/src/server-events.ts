import { unexpected } from './answer.ts'

export interface ServerEvent {
  /** `message` unless the server names it. */
  event: string
  data: string
}

/** An event is at most this long. */
const MAX_CHARACTERS = 4 * 1024 * 1024

/** Reads server-sent events. Comments, with which the server shows that it is there, are passed over. */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    // A `\r` at the end may be half of a line end.
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text
    const blocks = whole.replaceAll(/\r\n?/g, '\n').split('\n\n')
    text = (blocks.pop() ?? '') + (whole === text ? '' : '\r')
    for (const block of blocks) {
      const event = parseEvent(block)
      if (event) yield event
    }
    if (text.length > MAX_CHARACTERS) throw unexpected('The event is too long')
  }
}

function parseEvent(block: string): ServerEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === 'event') event = value
    if (name === 'data') data.push(value)
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') }
}
