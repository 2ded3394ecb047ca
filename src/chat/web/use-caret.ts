import { useCallback, useEffect, type RefObject } from 'react'

/** On a touch screen the focus would raise the keyboard over what one reads. */
const hasKeyboard = () => !matchMedia('(pointer: coarse)').matches

/**
 * The caret stands in the field as soon as the field comes, and returns there when the button under the focus has gone.
 * `asked`: the reader has asked to write, so the keyboard of a phone may rise too.
 */
export function useCaret(area: RefObject<HTMLTextAreaElement | null>, { asked }: { readonly asked: boolean }) {
  const take = useCallback(() => {
    if (hasKeyboard()) area.current?.focus({ preventScroll: true })
  }, [area])
  useEffect(() => {
    const field = area.current
    if (!field || !(asked || hasKeyboard())) return
    field.focus({ preventScroll: true })
    field.setSelectionRange(field.value.length, field.value.length)
  }, [area, asked])
  return take
}
