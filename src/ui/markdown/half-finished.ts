/**
 * A text that is still being written ends anywhere: in the middle of a marker, before the row that makes a line a table. It is
 * shown as what it will most likely become, so that nothing on screen is taken back when the rest arrives.
 */

/** A line that so far is nothing but the beginning of a marker: a rule, a list, a heading, a fence. */
const markerLine = /(?<=^|\n)[ \t]*(?:[-=*+#>`~_|:]+|\d{1,9}[.)]?|[-*+][ \t]+\[?[ xX]?\]?)[ \t]*$/
/** A line that begins like a table's, as long as the row beneath it has not come. */
const tableHead = /(?:^|\n)[ \t]*\|[^\n]*(?:\n[ \t]*(?:[|:-][-|: \t]*)?)?$/
const delimiterRow = /\n[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\n/

/** Without what is better not shown yet. */
export function heldBack(text: string): string {
  if (isInFence(text)) return text.replace(/\n[ \t]*`{1,2}$/, '\n')
  const shown = text.replace(markerLine, '')
  const block = shown.slice(shown.lastIndexOf('\n\n') + 1)
  return delimiterRow.test(block) ? shown : shown.replace(tableHead, '')
}

function isInFence(text: string): boolean {
  let fence: string | undefined
  for (const [, marks = ''] of text.matchAll(/^[ \t]*(?:>[ \t]*)*(?:[-*+][ \t]+)?(`{3,}|~{3,})/gm)) {
    if (fence === undefined) fence = marks
    else if (marks.startsWith(fence)) fence = undefined
  }
  return fence !== undefined
}

/** Closes what is open at the end of a block: emphasis, code, links. */
export function closeInline(raw: string): string {
  if (/^[ \t]*(?:`{3}|~{3})/.test(raw) || isInFence(raw)) return raw
  const from = raw.lastIndexOf('\n\n') + 1
  return raw.slice(0, from) + closeParagraph(raw.slice(from).replace(halfMarker, ''))
}

/** One sign of a marker that takes two. */
const halfMarker = /(?<!~)~$|!$|\\$/

const opener = /\\.|`+|\*{1,3}|_{1,3}|~~|!?\[|\]\((?:[^()\n]|\([^()\n]*(?:\)|$))*(?:\)|$)|\]|[\s\S]/gu

type Open = { readonly mark: string; readonly at: number }
type Gap = { readonly at: number; readonly to: number }

function closeParagraph(text: string): string {
  const open: Open[] = []
  let code: Open | undefined
  const cut: Gap[] = []
  for (const { 0: mark, index: at } of text.matchAll(opener)) {
    const sign = mark[0] ?? ''
    if (code) {
      if (mark === code.mark) code = undefined
    } else if (sign === '`') code = { mark, at }
    else if (mark.startsWith('](')) closeLink(open, cut, { mark, at })
    else if (mark === '[' || mark === '![') open.push({ mark, at })
    else if (mark === ']') closeBracket(open, cut, { at, isLast: at === text.length - 1 })
    else if (sign === '*' || mark === '~~' || (sign === '_' && mark !== '\\_')) toggle(open, { mark, at }, text)
  }
  for (const { mark, at } of open) if (mark.endsWith('[')) cut.push({ at, to: mark === '![' ? text.length : at + 1 })
  const emphasis = open.filter(({ mark }) => !mark.endsWith('['))
  return finish(text, { emphasis, code, cut })
}

/** At the very end an address may follow. */
function closeBracket(open: Open[], cut: Gap[], { at, isLast }: { at: number; isLast: boolean }): void {
  const bracket = dropLast(open, ['[', '!['])
  if (!bracket || !isLast) return
  if (bracket.mark === '![') cut.push({ at: bracket.at, to: at + 1 })
  else cut.push({ at: bracket.at, to: bracket.at + 1 }, { at, to: at + 1 })
}

/** The text of a link whose address is still coming is shown as text; a picture's is not. */
function closeLink(open: Open[], cut: Gap[], { mark, at }: Open): void {
  const link = dropLast(open, ['[', '!['])
  if (!link || mark.split('(').length === mark.split(')').length) return
  if (link.mark === '![') cut.push({ at: link.at, to: at + mark.length })
  else cut.push({ at: link.at, to: link.at + 1 }, { at, to: at + mark.length })
}

function dropLast(open: Open[], marks: readonly string[]): Open | undefined {
  const at = open.findLastIndex(({ mark }) => marks.includes(mark))
  return at < 0 ? undefined : open.splice(at, 1)[0]
}

function toggle(open: Open[], { mark, at }: Open, text: string): void {
  const [before, after] = [text[at - 1] ?? ' ', text[at + mark.length] ?? '']
  const closes = open.findLastIndex((each) => each.mark === mark)
  if (closes >= 0 && !/\s/.test(before)) return void open.splice(closes)
  if (mark.startsWith('_') && /[\p{L}\p{N}]/u.test(before)) return
  if (!/^\s/.test(after)) open.push({ mark, at })
}

function finish(
  text: string,
  left: {
    readonly emphasis: readonly Open[]
    readonly code: Open | undefined
    readonly cut: readonly Gap[]
  },
): string {
  const { emphasis, code, cut } = left
  // Markers after which nothing came yet are left out rather than closed around nothing.
  let end = text.length
  for (const { mark, at } of [...emphasis, ...(code ? [code] : [])].toSorted((a, b) => b.at - a.at))
    if (at + mark.length === end) end = at
  const closers = [...(code && code.at < end ? [code] : []), ...emphasis.filter(({ at }) => at < end).toReversed()]
  let shown = ''
  let at = 0
  for (const gap of cut.toSorted((a, b) => a.at - b.at)) {
    if (gap.at < at) continue
    shown += text.slice(at, Math.min(gap.at, end))
    at = Math.min(gap.to, end)
  }
  shown += text.slice(Math.min(at, end), end)
  return closers.length === 0 ? shown : shown.trimEnd() + closers.map(({ mark }) => mark).join('')
}
