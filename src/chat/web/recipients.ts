import type { BotName } from '#chat/contract'

const mention = /(?<![\p{L}\p{N}@/.-])@([a-z][a-z0-9-]{2,31})(?![\p{L}\p{N}])/giu

/** The handles that a text mentions, in the order they come, each once. */
export function mentionsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(mention)].map(([, handle = '']) => handle.toLowerCase().replace(/-+$/, '')))]
}

/** Whom a text goes to: whom it mentions, else whom the conversation was with. What is no bot's handle is only text. */
export function recipientsOf(
  handles: readonly string[],
  known: { readonly usual: readonly BotName[]; readonly byHandle: ReadonlyMap<string, BotName | null> },
): readonly BotName[] {
  const mentioned = handles.flatMap((handle) => known.byHandle.get(handle) ?? [])
  return mentioned.length > 0 ? mentioned : known.usual
}

export type Mention = { readonly from: number; readonly typed: string }

/** The mention that is being written where the caret stands: `@po|`. */
export function mentionAt(text: string, caret: number): Mention | undefined {
  const found = /(?:^|[\s([{,;:，、。])@([a-z0-9-]{0,32})$/i.exec(text.slice(0, caret))
  if (!found) return undefined
  const typed = found[1] ?? ''
  return { from: caret - typed.length - 1, typed }
}
