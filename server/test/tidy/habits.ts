import ts from 'typescript'
import { readsEnvironment, readsOwnDates, speaksToTerminal } from './rules.ts'
import { isTest, lineOf, walk } from './source.ts'
import type { Check } from './source.ts'

// Written in two pieces, or this file would be the first to break the rule.
// The third is a currency code as well, so it counts in comments only.
const leftOver = new RegExp(['\\bTO' + 'DO\\b', '\\bFIX' + 'ME\\b', '//.*\\bXX' + 'X\\b'].join('|'))
const switchedOff = new RegExp('@ts-(' + 'ignore|' + 'nocheck)')

export const checkEnvironment: Check = (source) => {
  const isProgram = /^(server|client)\/src\//.test(source.path)
  if (!isProgram || readsEnvironment.includes(source.path)) return []
  const complaints: string[] = []
  walk(source.tree, (node) => {
    if (!readsEnv(node)) return
    complaints.push(`line ${lineOf(source, node)}: reads the environment, which config.ts does`)
  })
  return complaints
}

function readsEnv(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.getText() === 'process.env'
  if (ts.isElementAccessExpression(node)) return /^process\[.env.\]$/.test(node.getText())
  if (ts.isVariableDeclaration(node) && node.initializer?.getText() === 'process') {
    return /\benv\b/.test(node.name.getText())
  }
  return ts.isImportDeclaration(node) && /process.*\benv\b|\benv\b.*process/.test(node.getText())
}

export const checkConsole: Check = (source) => {
  if (speaksToTerminal.test(source.path)) return []
  const complaints: string[] = []
  walk(source.tree, (node) => {
    if (!ts.isPropertyAccessExpression(node) || node.expression.getText() !== 'console') return
    complaints.push(`line ${lineOf(source, node)}: ${node.getText()}; use the log`)
  })
  return complaints
}

/**
 * The engine's own parser takes dates that do not exist for others, and differs between engines: text is
 * parsed by parseDate, and `new Date` gets a number. Without types, what is reckoned with or comes from a
 * call passes for a number.
 */
export const checkDates: Check = (source) => {
  if (!/^(server|client)\/src\//.test(source.path) || readsOwnDates.includes(source.path)) return []
  const complaints: string[] = []
  walk(source.tree, (node) => {
    const isParse = ts.isPropertyAccessExpression(node) && node.getText() === 'Date.parse'
    if (!isParse && !isDateOfText(node)) return
    complaints.push(`line ${lineOf(source, node)}: leaves a date to the engine; use parseDate`)
  })
  return complaints
}

const DATE_OF_NUMBER = /\btime|Time|Ms$|^\d/

function isDateOfText(node: ts.Node): boolean {
  if (!ts.isNewExpression(node) || node.expression.getText() !== 'Date') return false
  const [value, second] = node.arguments ?? []
  if (value === undefined || second !== undefined) return false
  const isReckoned = ts.isBinaryExpression(value) && !ts.isStringLiteralLike(value.right)
  if (isReckoned || /^(Number|Math\.\w+|Date\.UTC)\(/.test(value.getText())) return false
  return !DATE_OF_NUMBER.test(value.getText().split('.').at(-1) ?? '')
}

const notRun = new Set(['only', 'skip', 'skipIf', 'runIf', 'todo', 'fails'])

export const checkSkippedTests: Check = (source) => {
  if (!isTest(source.path)) return []
  const complaints: string[] = []
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node)) return
    for (let callee = node.expression; ; callee = callee.expression) {
      if (!ts.isPropertyAccessExpression(callee)) return
      if (!notRun.has(callee.name.text)) continue
      complaints.push(`line ${lineOf(source, node)}: .${callee.name.text}(); tests run, or go`)
      return
    }
  })
  return complaints
}

/** What is left to do is an issue; what the compiler objects to is mended or expected. */
export const checkLeftOvers: Check = ({ text }) =>
  text.split('\n').flatMap((line, index) => {
    const found = leftOver.exec(line)?.[0] ?? switchedOff.exec(line)?.[0]
    return found === undefined ? [] : [`line ${index + 1}: ${found}`]
  })
