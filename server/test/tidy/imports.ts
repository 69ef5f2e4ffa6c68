import { posix } from 'node:path'
import ts from 'typescript'
import {
  MAX_ROOM_FILES,
  customerFile,
  readsCustomerFiles,
  rooms,
  runsOnNode,
  speaksHttp,
} from './rules.ts'
import { roomOf, walk } from './source.ts'
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
  if (path.startsWith(customerFile) && !target.startsWith(customerFile)) {
    return 'the reader of customer files depends on nothing outside of its folder'
  }
  if (!path.startsWith('server/src/')) return undefined
  if (target.startsWith(customerFile)) {
    return readsCustomerFiles.test(path)
      ? undefined
      : 'only imports and identifiers read customer files'
  }
  if (!target.startsWith('server/src/')) return 'the program imports only what lies in server/src'
  const from = roomOf(path)
  if (from === undefined) return undefined
  const to = roomOf(target)
  if (to === undefined) return 'parts are passed on from the root, not fetched from it'
  return judgeRooms(path, from, to)
}

function judgePackage(path: string, specifier: string): string | undefined {
  const shared = specifier.startsWith('@newcomer/')
  if (shared && path.startsWith('server/src/')) return 'server and client share no package'
  const isForBrowsers = path.startsWith(customerFile) && !runsOnNode.includes(path)
  return isForBrowsers ? 'browsers run the reader of customer files: it has no packages' : undefined
}

function judgeRooms(path: string, from: string, to: string): string | undefined {
  const [above, below] = [rankOf(from), rankOf(to)]
  if (above < 0) return `the room ${from} has no place in the list of rooms`
  if (below < 0) return `the room ${to} has no place in the list of rooms`
  if (to === 'http' && from !== to) {
    return speaksHttp.test(path) ? undefined : 'only what speaks HTTP knows the HTTP shell'
  }
  return below <= above ? undefined : `${from} does not see ${to}`
}

function rankOf(room: string): number {
  return (rooms as readonly string[]).indexOf(room)
}

/** Rooms with more files than one can keep apart. */
export function listFullRooms(paths: readonly string[]): string[] {
  const byRoom = Map.groupBy(paths, roomOf)
  return [...byRoom].flatMap(([room, { length }]) =>
    room !== undefined && length > MAX_ROOM_FILES
      ? [`${room} has ${length} files; ${MAX_ROOM_FILES} are the limit`]
      : [],
  )
}

/** Files that import each other, however far round, a circle a line. */
export function listCircles(sources: readonly Source[]): string[] {
  const imported = new Map(sources.map((source) => [source.path, listTargets(source)]))
  const done = new Set<string>()
  const way: string[] = []
  const circles: string[] = []
  function visit(path: string): void {
    const start = way.indexOf(path)
    if (start >= 0) circles.push([...way.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    way.push(path)
    for (const target of imported.get(path) ?? []) visit(target)
    way.pop()
    done.add(path)
  }
  for (const path of imported.keys()) visit(path)
  return circles
}

function listTargets(source: Source): string[] {
  const own = listImports(source).filter((specifier) => specifier.startsWith('.'))
  return own.map((specifier) => posix.join(posix.dirname(source.path), specifier))
}
