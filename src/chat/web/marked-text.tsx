import type { Snippet } from '#chat/contract'

/** A piece of text with what was found in it marked. */
export function MarkedText({ snippet: { text, marks } }: { readonly snippet: Snippet }) {
  const pieces = marks.map(([from, to], at) => {
    const before = text.slice(marks[at - 1]?.[1] ?? 0, from)
    return (
      <span key={from}>
        {before}
        <mark className="rounded-[3px] bg-accent-wash font-medium text-ink">{text.slice(from, to)}</mark>
      </span>
    )
  })
  return (
    <>
      {pieces}
      {text.slice(marks.at(-1)?.[1] ?? 0)}
    </>
  )
}
