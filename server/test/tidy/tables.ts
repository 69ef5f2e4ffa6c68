import ts from 'typescript'
import { tableOwners } from './rules.ts'
import { folderOf, lineOf, walk } from './source.ts'
import type { Check } from './source.ts'

const kyselyWrites = new Set(['insertInto', 'updateTable', 'deleteFrom', 'mergeInto'])

// `for update`, `for no key update` and `do update` are no writes of another table. The last
// character stands for `${…}`.
const write = /\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)/
const sqlWrite = new RegExp(
  `(?<!\\b(?:for|key|do)\\s+)${write.source}\\s+(?:only\\s+)?"?([a-z_]+|\uFFFC)`,
  'gi',
)

/** Each table is written by one folder: whoever looks for a change of it looks in one place. */
export const checkTables: Check = (source) => {
  const folder = folderOf(source.path)
  if (!source.path.startsWith('server/src/')) return []
  const complaints: string[] = []
  function judge(node: ts.Node, table: string): void {
    const owner = Object.hasOwn(tableOwners, table) ? tableOwners[table] : undefined
    const at = `line ${lineOf(source, node)}`
    if (owner === undefined) complaints.push(`${at}: writes ${table}, which has no owner`)
    else if (owner !== folder) complaints.push(`${at}: writes ${table}, which is of ${owner}`)
  }
  walk(source.tree, (node) => {
    const table = kyselyTable(node)
    if (table !== undefined) judge(node, table)
    for (const name of sqlTables(node)) judge(node, name)
  })
  return complaints
}

function kyselyTable(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression))
    return undefined
  if (!kyselyWrites.has(node.expression.name.text)) return undefined
  const [table] = node.arguments
  return table && ts.isStringLiteralLike(table) ? table.text : 'a table without a name'
}

function sqlTables(node: ts.Node): string[] {
  if (!isSql(node)) return []
  const written = [...sqlText(node).matchAll(sqlWrite)].map((match) => match[1] ?? '')
  return written.map((name) => {
    // `events_${day}` is a part of the table that its name begins with.
    return name === '\uFFFC' ? 'a table without a name' : name.toLowerCase().replace(/_$/, '')
  })
}

type SqlNode = ts.TemplateLiteral | ts.StringLiteral

/** The template of a `sql` tag, or the literal text of a `sql.raw(…)` or a `.query(…)`. */
function isSql(node: ts.Node): node is SqlNode {
  if (!ts.isTemplateLiteral(node) && !ts.isStringLiteral(node)) return false
  const { parent } = node
  if (ts.isTaggedTemplateExpression(parent)) return parent.tag.getText() === 'sql'
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false
  return /(^sql\.raw|\.query|\.exec)$/.test(parent.expression.getText())
}

function sqlText(node: SqlNode): string {
  if (!ts.isTemplateExpression(node)) return withoutComments(node.text)
  const parts = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)]
  return withoutComments(parts.join('\uFFFC'))
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, '').replaceAll(/\/\*[\s\S]*?\*\//g, '')
}

/** The tables that a script creates; a partition belongs to the table that it is a part of. */
export function listCreatedTables(script: string): string[] {
  const create =
    /\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w."]+)(\s+partition\s+of)?/gi
  return [...withoutComments(script).matchAll(create)]
    .filter((match) => match[2] === undefined)
    .map((match) => (match[1] ?? '').replaceAll('"', '').replace(/^public\./, ''))
}

/** The names that a script takes from tables, which have others from then on. */
export function listFormerTables(script: string): string[] {
  const rename = /\balter\s+table\s+([\w."]+)\s+rename\s+to\b/gi
  return [...withoutComments(script).matchAll(rename)].map((match) =>
    (match[1] ?? '').replaceAll('"', '').replace(/^public\./, ''),
  )
}
