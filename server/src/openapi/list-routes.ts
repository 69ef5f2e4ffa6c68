import type { RouteOptions } from 'fastify'

/** Every route of the app, in the order in which they are added. A route says itself what it is. */
export function listRoutes(routes: readonly RouteOptions[]): string {
  const rows = routes
    .filter(({ method, schema }) => method !== 'HEAD' && schema?.operationId !== undefined)
    .map(rowOf)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
  return `${HEADING}\n${rows.join('\n')}\n`
}

const HEADING = `# The routes

Made from the routes by \`npm run generate\`; what they take and answer is in [openapi.json](../openapi.json).

| Path | | Operation | Whose key | |
| --- | --- | --- | --- | --- |`

function rowOf({ method, url, schema, config }: RouteOptions): [string, string] {
  const methods = [method].flat().filter((each) => each !== 'HEAD')
  const [scheme] = Object.keys(schema?.security?.[0] ?? {})
  const whose = scheme === 'operatorKey' ? 'operator' : scheme && (config?.only ?? 'either')
  const summary = schema?.summary?.replaceAll('|', '\\|')
  const cells = [`\`${url}\``, methods.join(' '), schema?.operationId, whose ?? 'none', summary]
  return [`${url} ${methods.join()}`, `| ${cells.join(' | ')} |`]
}
