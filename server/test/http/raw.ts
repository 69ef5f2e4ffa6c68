import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  // What it holds is what the test is about to find out.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

/** Opens a connection and sends these bytes as they are. */
export function open(url: string, ...chunks: (string | Buffer)[]): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  for (const chunk of chunks) socket.write(chunk)
  return socket
}

/** All that the server says until it closes the connection, as the answers it is made of. */
export async function readAnswers(socket: Socket): Promise<RawAnswer[]> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => socket.once('close', resolve))
  return splitAnswers(Buffer.concat(chunks).toString('latin1'))
}

/** Sends these bytes and reads until the server closes: requests should say Connection: close. */
export function exchange(url: string, ...chunks: (string | Buffer)[]): Promise<RawAnswer[]> {
  return readAnswers(open(url, ...chunks))
}

function splitAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error('an answer without an end of its headers')
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const status = Number(first.split(' ')[1])
    const body = readBody(rest.slice(end + 4), headers)
    rest = rest.slice(end + 4 + body.length)
    if (status === 100) continue
    answers.push({ status, headers, body: JSON.parse(body.text) as unknown })
  }
  return answers
}

function readBody(rest: string, headers: Record<string, string>): { text: string; length: number } {
  const length = Number(headers['content-length'] ?? 0)
  if (headers['transfer-encoding'] !== 'chunked') return { text: rest.slice(0, length), length }
  const end = rest.indexOf('\r\n0\r\n\r\n') + 7
  const text = rest.slice(0, end).replace(/(^|\r\n)[0-9a-f]+\r\n/g, '')
  return { text: text.trimEnd(), length: end }
}
