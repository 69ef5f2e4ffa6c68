import { posix } from 'node:path'
import ts from 'typescript'
import { exceptions, folders, onlySees, speaksHttp } from './rules.ts'
import type { Folder } from './rules.ts'
import { folderOf, walk } from './source.ts'
import type { Check, Source } from './source.ts'

/** Types count as well: to know another's types is to depend on it. */
export const checkImports: Check = (source) => {
  const complaints: string[] = []
  for (const specifier of listImports(source)) {
    const complaint = judge(source.path, specifier)
    if (complaint) complaints.push(`imports ${specifier}: ${complaint}`)
  }
  return complaints
}

export function listImports(source: Source): string[] {
  const specifiers: string[] = []
  function add(node: ts.Node | undefined): void {
    if (node && ts.isStringLiteralLike(node)) specifiers.push(node.text)
  }
  walk(source.tree, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0])
    }
  })
  return specifiers
}

function judge(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return judgePackage(path, specifier)
  const target = posix.join(posix.dirname(path), specifier)
  if (path.startsWith('client/') && !target.startsWith('client/')) {
    return 'the client depends on nothing of the server'
  }
  if (!path.startsWith('server/src/')) return undefined
  if (!target.startsWith('server/src/')) return 'the program imports only what lies in server/src'
  const from = folderOf(path)
  if (from === undefined) return undefined
  const to = folderOf(target)
  if (to === undefined) return 'parts are passed on from the root, not fetched from it'
  return judgeFolders(path, from, to)
}

function judgePackage(path: string, specifier: string): string | undefined {
  const shared = specifier.startsWith('@newcomer/')
  return shared && path.startsWith('server/src/') ? 'server and client share no code' : undefined
}

function judgeFolders(path: string, from: string, to: string): string | undefined {
  if (!isFolder(from)) return `the folder ${from} has no place in the list of folders`
  if (!isFolder(to)) return `the folder ${to} has no place in the list of folders`
  if (from === to) return undefined
  if (to === 'http') {
    return speaksHttp.test(path) ? undefined : 'only what speaks HTTP knows the HTTP shell'
  }
  if (exceptions.some((exception) => exception.from === from && exception.to === to)) {
    return undefined
  }
  const seen = onlySees[from] ?? folders.slice(0, folders.indexOf(from))
  return seen.includes(to) ? undefined : `${from} does not see ${to}`
}

function isFolder(name: string): name is Folder {
  return (folders as readonly string[]).includes(name)
}
