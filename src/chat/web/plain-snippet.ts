import type { Snippet } from '#chat/contract'

/** A table's bars and rules, the signs before a heading, and those around what is stressed or code. */
const markup =
  /(?<bars>\s*\|(?:\s*(?:\||:?-{2,}:?(?=\s*\|)))*\s*)|(?<=^|\s)#{1,6}\s|\*\*|~~|`+|(?<![\p{L}\p{N}\s])\*(?=\S)|(?<=^|\s)\*(?=\S)|(?<=\S)\*(?![\p{L}\p{N}])/gu

/** A piece of an answer as it reads: without the signs of Markdown, and the marks where they were. */
export function plainSnippet({ text, marks }: Snippet): Snippet {
  const cuts = [...text.matchAll(markup)].map(({ 0: cut, index, groups }) => ({
    from: index,
    to: index + cut.length,
    instead: groups?.['bars'] === undefined ? '' : ' ',
  }))
  // Where a place of the text is once everything before it is cut.
  const placeOf = (place: number) =>
    cuts.reduce(
      (at, { from, to, instead }) => (from < place ? at - (Math.min(to, place) - from) + instead.length : at),
      place,
    )
  let plain = ''
  let done = 0
  for (const { from, to, instead } of cuts) {
    plain += text.slice(done, from) + instead
    done = to
  }
  plain += text.slice(done)
  return { text: plain, marks: marks.map(([from, to]) => [placeOf(from), placeOf(to)]) }
}
