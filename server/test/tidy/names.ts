import { posix } from 'node:path'
import ts from 'typescript'
import { emptyNames, emptyVerbs, emptyWords } from './rules.ts'
import { walk } from './source.ts'
import type { Check, Source } from './source.ts'

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config))?\.(ts|js|sql)$/

export const checkFileName: Check = ({ path }) => {
  const name = posix.basename(path)
  if (!kebabCase.test(name)) return ['the name of the file is not kebab-case']
  return judge(name.replace(/\..*$/, ''))
}

/** What is exported is what others have to read. */
export const checkExportedNames: Check = (source) => listExported(source).flatMap(judge)

function judge(name: string): string[] {
  const words = wordsOf(name)
  const [first = ''] = words
  const empty =
    words.find((word) => emptyWords.includes(word)) ??
    [first].find((word) => emptyVerbs.includes(word)) ??
    (words.length === 1 ? words.find((word) => emptyNames.includes(word)) : undefined)
  return empty === undefined ? [] : [`the name ${name} says nothing: ${empty}`]
}

/**
 * The exported names that several files of a package declare, each with its files. What is exported again
 * from another file is no declaration.
 */
export function listRepeatedNames(sources: Source[], folder: string): string[] {
  const declared = new Map<string, Set<string>>()
  for (const source of sources.filter(({ path }) => path.startsWith(folder))) {
    for (const name of listDeclared(source)) {
      declared.set(name, (declared.get(name) ?? new Set()).add(source.path))
    }
  }
  return [...declared]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name}: ${[...paths].sort().join(', ')}`)
    .sort()
}

/** `makeHTTPUrl`, `make-http-url` and `MAKE_HTTP_URL` are the same words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
}

function listExported(source: Source): string[] {
  const names = listDeclared(source)
  walk(source.tree, (node) => {
    if (ts.isExportSpecifier(node)) names.push(node.name.text)
  })
  return names
}

function listDeclared(source: Source): string[] {
  const names: string[] = []
  walk(source.tree, (node) => {
    if (!ts.canHaveModifiers(node) || !isExported(node)) return
    if (ts.isVariableStatement(node))
      names.push(...node.declarationList.declarations.flatMap(bound))
    else if (isNamed(node) && node.name) names.push(node.name.getText())
  })
  return names
}

function isNamed(node: ts.Node): node is ts.DeclarationStatement {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  )
}

function isExported(node: ts.HasModifiers): boolean {
  const modifiers = ts.getModifiers(node) ?? []
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
}

function bound(declaration: ts.VariableDeclaration | ts.BindingElement): string[] {
  if (ts.isIdentifier(declaration.name)) return [declaration.name.text]
  return declaration.name.elements.flatMap((element) =>
    ts.isBindingElement(element) ? bound(element) : [],
  )
}
