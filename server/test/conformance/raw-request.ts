import { connect } from 'node:net'
import { once } from 'node:events'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

/** Sends these bytes as they are and reads until the server closes the connection. */
export async function sendRaw(url: string, parts: string[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  for (const part of parts) {
    await new Promise<void>((resolve) => socket.write(part, () => resolve()))
  }
  const bytes = Buffer.concat((await socket.toArray()) as Uint8Array[])
  return parse(bytes.toString('utf8'))
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/: ?(.*)/s)
      return [name.toLowerCase(), value]
    }),
  )
  const body = headers['transfer-encoding'] === 'chunked' ? undefined : text.slice(end + 4)
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: body === undefined || body === '' ? undefined : JSON.parse(body),
  }
}

/** The head of a request, line by line. */
export function head(line: string, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`${line} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

/** A body in chunks, each of these texts one, without its length being known. */
export function chunked(...texts: string[]): string[] {
  const chunks = texts.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
  return [...chunks, '0\r\n\r\n']
}
