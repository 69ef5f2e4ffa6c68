import type { Answer } from '../support/network.ts'

/** A browser with a page of the dashboard open: keeps cookies, and sends what a page of the origin sends. */
export interface Browser {
  /** As the account's owner: `/account/v1` and `/operator/v1`. */
  account(method: string, path: string, body?: unknown): Promise<Answer & { headers: Headers }>
  /** For an organization: `/v1`. */
  organization(id: string, method: string, path: string, body?: unknown): Promise<Answer>
  /** With exactly these headers beside the cookies. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer & { headers: Headers }>
  /** By their names, as last set. */
  cookies: Map<string, string>
}

export interface SendOptions {
  headers?: Record<string, string>
  body?: unknown
  /** The body as it is, in place of JSON. */
  text?: string
}

export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

export function openBrowser(url: string): Browser {
  const cookies = new Map<string, string>()

  async function send(
    method: string,
    path: string,
    { headers = {}, body, text }: SendOptions = {},
  ): Promise<Answer & { headers: Headers }> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const payload = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { body: payload }),
    })
    for (const each of response.headers.getSetCookie()) keep(cookies, each)
    const answer = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      body: isJson ? JSON.parse(answer) : answer,
      headers: response.headers,
    }
  }

  return {
    cookies,
    send,
    account: (method, path, body) =>
      send(method, path, { headers: { ...SAME_ORIGIN, 'newcomer-account': '1' }, body }),
    organization: (id, method, path, body) =>
      send(method, path, { headers: { ...SAME_ORIGIN, 'newcomer-organization': id }, body }),
  }
}

function keep(cookies: Map<string, string>, header: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
  if (/max-age=0\b/i.test(header)) cookies.delete(name)
  else cookies.set(name, value)
}
