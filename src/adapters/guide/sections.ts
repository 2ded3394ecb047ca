/** A heading and what stands under it. */
export type Section = {
  /** The document as people call it: its first heading. */
  readonly document: string
  readonly path: string
  readonly title: string
  readonly text: string
}

const fence = /^\s*```/

/** Cuts a Markdown document at its headings. Code in it stays out: the Guide speaks to readers. */
export function sectionsOf(path: string, markdown: string): Section[] {
  const sections: { title: string; lines: string[] }[] = []
  let inCode = false
  for (const line of markdown.split('\n')) {
    if (fence.test(line)) inCode = !inCode
    else if (!inCode) {
      const heading = /^#{1,6}\s+(.+?)\s*$/.exec(line)?.[1]
      if (heading) sections.push({ title: heading, lines: [] })
      else sections.at(-1)?.lines.push(line)
    }
  }
  const document = sections[0]?.title ?? path
  return sections
    .map(({ title, lines }) => ({ document, path, title, text: unwrap(lines) }))
    .filter(({ text }) => text !== '')
}

/** Lines broken for the width of a page become whole paragraphs again; items of lists keep a line each. */
function unwrap(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replaceAll(/(?<=[^\n])\n(?!\n|\s*(?:[-*|]|\d+\.)\s)\s*/g, ' ')
    .replaceAll(/\n{2,}/g, '\n\n')
    .trim()
}
