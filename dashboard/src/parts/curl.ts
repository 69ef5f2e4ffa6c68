import type { MadeCall } from '../api/made-calls.ts'

/** How a program makes a call: with a key from its environment, never with what this browser has. */
export function writeCurl(
  { method, path, body, isFile = false }: MadeCall,
  origin: string,
): string {
  const key = path.startsWith('/operator/') ? 'NEWCOMER_OPERATOR_KEY' : 'NEWCOMER_API_KEY'
  return [
    `curl -u "$${key}:" ${quote(origin + path)}`,
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${quote(body)}`]),
    ...(isFile ? [`-H 'Content-Type: text/csv'`, '--data-binary @customers.csv'] : []),
  ].join(' \\\n  ')
}

/** One word for a shell, whatever is in it: an apostrophe ends the text, stands for itself, and begins it again. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
