import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** Every file of the tree that the patterns name, by its path from the root. */
export function readTree(patterns: readonly string[]): ReadonlyMap<string, string> {
  const paths = globSync([...patterns], { cwd: root }).toSorted()
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/**
 * A source with its comments, templates and regular expressions blanked and each quoted string replaced by `"n"`, the
 * index into `strings`. Lines stay where they are, so that what is found can be named by line.
 */
export function scan(text: string): { readonly code: string; readonly strings: readonly string[] } {
  const strings: string[] = []
  let code = ''
  for (let at = 0; at < text.length;) {
    const end = endOfToken(text, at, code)
    const token = text.slice(at, end)
    if (end - at > 1 && /^['"]/.test(token)) code += `"${strings.push(token.slice(1, -1)) - 1}"`
    else code += end - at > 1 ? blank(token) : token
    at = end
  }
  return { code, strings }
}

const blank = (token: string) => token.replaceAll(/[^\n]/g, ' ')

/** Where the comment, string, template or regular expression that begins here ends; one further for anything else. */
function endOfToken(text: string, at: number, before: string): number {
  const pair = text.slice(at, at + 2)
  if (pair === '//') return indexOrEnd(text, '\n', at)
  if (pair === '/*') return Math.min(indexOrEnd(text, '*/', at + 2) + 2, text.length)
  const sign = text[at]
  if (sign === "'" || sign === '"') return endOfQuoted(text, at)
  if (sign === '`') return endOfTemplate(text, at)
  if (sign === '/' && !isTagEnd(text, at) && isExpressionStart(before)) return endOfRegex(text, at)
  return at + 1
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from)
  return found === -1 ? text.length : found
}

function endOfQuoted(text: string, at: number): number {
  const quote = text[at]
  let end = at + 1
  while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
  return end + 1
}

function endOfTemplate(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && text[end] !== '`') {
    if (text[end] === '\\') end += 2
    else if (text.startsWith('${', end)) end = endOfHole(text, end + 2)
    else end++
  }
  return end + 1
}

function endOfHole(text: string, from: number): number {
  let depth = 1
  let at = from
  while (at < text.length) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at + 1
    at = endOfToken(text, at, text.slice(Math.max(from, at - 40), at) || '(')
  }
  return at
}

/** A slash begins a regular expression where a value may begin, and divides where one has just ended. */
function isExpressionStart(before: string): boolean {
  return /(?:^|[(,=:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|in|of))\s*$/.test(before.slice(-40))
}

/** The slash of `</a>` and of `<a />`. */
const isTagEnd = (text: string, at: number) => text[at - 1] === '<' || text[at + 1] === '>'

function endOfRegex(text: string, at: number): number {
  let inClass = false
  let end = at + 1
  while (end < text.length && (inClass || text[end] !== '/') && text[end] !== '\n') {
    if (text[end] === '[') inClass = true
    if (text[end] === ']') inClass = false
    end += text[end] === '\\' ? 2 : 1
  }
  return end + 1
}

export const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length
