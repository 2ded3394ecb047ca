import { useEffect, useRef, useState, type KeyboardEvent as Pressed } from 'react'

const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform)

/** `mod` is ⌘ on a Mac and Ctrl elsewhere; this is how it is written on this machine. */
export const modSign = () => (isMac() ? '⌘' : 'Ctrl')

function nameOf(event: KeyboardEvent): string {
  const mod = (isMac() ? event.metaKey : event.ctrlKey) ? 'mod+' : ''
  return `${mod}${event.shiftKey && event.key.length > 1 ? 'shift+' : ''}${event.key.toLowerCase()}`
}

/** Keys that work wherever the focus is: `{ 'mod+k': open }`. A plain letter is left to whoever is writing. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const run = latest.current[nameOf(event)]
      const writing =
        event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')
      if (!run || event.defaultPrevented || (writing && !nameOf(event).startsWith('mod+'))) return
      event.preventDefault()
      run()
    }
    addEventListener('keydown', hear)
    return () => removeEventListener('keydown', hear)
  }, [])
}

/**
 * Whether this key belongs to the writing of a Chinese or Japanese word. Safari ends a word before the key that ended it; then
 * only the code 229 tells.
 */
export function isComposing({ nativeEvent }: Pressed): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229
}

const phone = '(max-width: 767.98px)'

export function useIsPhone(): boolean {
  const [is, setIs] = useState(() => matchMedia(phone).matches)
  useEffect(() => {
    const media = matchMedia(phone)
    const hear = () => setIs(media.matches)
    media.addEventListener('change', hear)
    return () => media.removeEventListener('change', hear)
  }, [])
  return is
}
