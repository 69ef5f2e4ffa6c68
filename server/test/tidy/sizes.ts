import ts from 'typescript'
import { limits } from './rules.ts'
import { isTest, lineOf, walk } from './source.ts'
import type { Check, Source } from './source.ts'

/** The tail tells good code from bad, not the median: nothing may grow past what one can read. */
export const checkSizes: Check = (source) => [
  ...checkFile(source),
  ...checkLines(source),
  ...checkFunctions(source),
]

function checkFile({ path, text }: Source): string[] {
  const most = isTest(path) ? limits.testFileLines : limits.fileLines
  const count = text.replace(/\n$/, '').split('\n').length
  return count > most ? [`has ${count} lines; ${most} are the limit`] : []
}

function checkLines({ text }: Source): string[] {
  return text.split('\n').flatMap((line, index) => {
    const { length } = [...line]
    if (length <= limits.lineLength) return []
    return [`line ${index + 1} has ${length} characters; ${limits.lineLength} are the limit`]
  })
}

function checkFunctions(source: Source): string[] {
  const complaints: string[] = []
  walk(source.tree, (node) => {
    if (!ts.isFunctionLike(node) || isChapter(node)) return
    const start = lineOf(source, node)
    const end = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1
    const count = end - start + 1
    if (count <= limits.functionLines) return
    const name = node.name?.getText() ?? 'a function'
    complaints.push(
      `line ${start}: ${name} has ${count} lines; ${limits.functionLines} are the limit`,
    )
  })
  return complaints
}

/** The function given to `describe` is a chapter of tests, not a piece of logic. */
function isChapter(node: ts.Node): boolean {
  if (!ts.isCallExpression(node.parent)) return false
  return /^describe\b/.test(node.parent.expression.getText())
}
