import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

export interface RecordingProxy {
  url: string
  /** What browsers have sent, as text: paths, headers and bodies, these unpacked too. */
  sent: string[]
  close(): Promise<void>
}

/** Stands between a browser and the server, and keeps all that leaves the browser. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const sent: string[] = []
  const { hostname, port } = new URL(target)
  const server = createServer((incoming, answer) => {
    void (async () => {
      const { method, url = '/', headers } = incoming
      const body = await buffer(incoming)
      sent.push(`${method} ${decodeURIComponent(url)}`, JSON.stringify(headers))
      sent.push(body.toString('latin1'))
      if (headers['content-encoding'] === 'gzip') sent.push(gunzipSync(body).toString('latin1'))
      const onward = request({ hostname, port, method, path: url, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(answer)
      })
      onward.on('error', () => answer.destroy())
      answer.on('close', () => onward.destroy())
      onward.end(body)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
