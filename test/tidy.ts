import { lineAt, scan } from './source.ts'

const fileLinesMax = 400
const functionLinesMax = 70
const lineLengthMax = 160
const folders = /(?:^|\/)(?:util|helper|common|shared|lib|service|manager)s?(?:\/|\.)/

/** What may stand nowhere, comments included. */
const bannedText: readonly [RegExp, string][] = [
  [/\b(?:TODO|FIXME|XXX|HACK)\b/g, 'a note to do it later'],
  [/@ts-(?:ignore|nocheck)/g, 'a silenced compiler'],
  [/@ts-expect-error(?!\s+\w+\s+\w)/g, 'an expected error without words'],
  [/(?:oxlint|eslint)-disable/g, 'a silenced linter'],
]

/** What may not stand in code; strings and comments may speak of it. */
const bannedCode: readonly [RegExp, string][] = [
  [/(?::\s*any\b|\bas\s+any\b|<any\b|\bany\s*\[|,\s*any\s*>|=>\s*any\b|\|\s*any\b)/g, 'any'],
  [/\b(?:test|it|describe|suite)\.only\b|\bonly:\s*true/g, 'a test that runs alone'],
  [/\bskip:\s*true|\.skip\(\s*\)/g, 'a test skipped without words'],
  [/\bprocess\.exit\s*\(/g, 'an exit that closes nothing'],
  [/\b(?:debugger)\b/g, 'a breakpoint'],
  [/^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s/gm, 'an enum'],
]

/** Everything untidy in a tree (path → text), as `path:line what`. */
export function findUntidy(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) => checkFile(path, text).map((words) => `${path}:${words}`))
}

function checkFile(path: string, text: string): readonly string[] {
  const isCode = /\.(?:ts|tsx|mjs)$/.test(path)
  const { code } = isCode ? scan(text) : { code: '' }
  const lines = text.split('\n')
  const isTest = /\.test\.tsx?$/.test(path)
  return [
    ...(folders.test(path) ? ['1 a name that says nothing'] : []),
    ...(lines.length - 1 > fileLinesMax ? [`1 ${lines.length - 1} lines in a file`] : []),
    ...lines.flatMap((line, at) => (line.length > lineLengthMax ? [`${at + 1} ${line.length} signs in a line`] : [])),
    ...findPatterns(text, bannedText),
    ...findPatterns(code, bannedCode),
    ...(isTest ? [] : findLongFunctions(code)),
  ]
}

function findPatterns(text: string, patterns: readonly [RegExp, string][]): readonly string[] {
  return patterns.flatMap(([pattern, words]) =>
    [...text.matchAll(pattern)].map((match) => `${lineAt(text, match.index)} ${words}`),
  )
}

/** Measures from the opening brace of a body to the closing one; a return type in braces before it is stepped over. */
function findLongFunctions(code: string): readonly string[] {
  const heads =
    /=>\s*\{|\bfunction\b[^{]*\{|^\s+(?:async\s+|static\s+|get\s+|set\s+)*(?!if|for|while|switch|catch|with)\w+\([^{}]*\)[^{};=]*\{/gm
  return [...code.matchAll(heads)].flatMap((match) => {
    let open = match.index + match[0].length - 1
    let close = closingBrace(code, open)
    const next = /^\s*\{/.exec(code.slice(close + 1))
    if (next) {
      open = close + next[0].length
      close = closingBrace(code, open)
    }
    const lines = lineAt(code, close) - lineAt(code, match.index + match[0].search(/\S/)) + 1
    return lines > functionLinesMax ? [`${lineAt(code, match.index)} ${lines} lines in a function`] : []
  })
}

function closingBrace(code: string, open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++
    if (code[at] === '}' && --depth === 0) return at
  }
  return code.length
}
