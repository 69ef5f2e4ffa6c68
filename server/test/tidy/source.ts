import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export interface Source {
  /** From the root of the repository, with forward slashes. */
  path: string
  text: string
  tree: ts.SourceFile
}

/** Answers what is wrong with a file, a sentence each. */
export type Check = (source: Source) => string[]

export const root = fileURLToPath(new URL('../../../', import.meta.url))
const skipped = new Set(['node_modules', 'dist', 'coverage', 'data', '.git'])

export function parse(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true) }
}

export function listFiles(extensions: string[]): string[] {
  function list(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (skipped.has(entry.name)) return []
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return list(path)
      // Declarations without code are made from something else.
      if (entry.name.endsWith('.d.ts')) return []
      return extensions.includes(extname(entry.name)) ? [path] : []
    })
  }
  return list(root)
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort()
}

export function readSource(path: string): Source {
  return parse(path, readFileSync(join(root, path), 'utf8'))
}

/** Calls `visit` on every node of the tree, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => {
    walk(child, visit)
  })
}

export function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1
}

export function isTest(path: string): boolean {
  return /^(server|client|dashboard)\/test\//.test(path)
}

/** The room of server/src that the file lies in; undefined for the root and for other trees. */
export function roomOf(path: string): string | undefined {
  return /^server\/src\/(.+)\/[^/]+$/.exec(path)?.[1]
}

/** The folder of the room. */
export function folderOf(path: string): string | undefined {
  return roomOf(path)?.split('/')[0]
}
