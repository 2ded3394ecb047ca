import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useToast } from './toast.tsx'

const saidForMs = 1600

/**
 * Puts a text on the clipboard, says so for a moment, and answers whether it could: browsers have none for a page that came
 * over plain http from another machine.
 */
export function useCopy(): { readonly copied: boolean; readonly copy: (text: string) => Promise<boolean> } {
  const { t } = useLingui()
  const toast = useToast()
  const [copied, setCopied] = useState(false)
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      toast({ kind: 'bad', words: t`This browser keeps the clipboard closed. Mark the text and copy it by hand.` })
      return false
    }
    setCopied(true)
    setTimeout(() => setCopied(false), saidForMs)
    return true
  }
  return { copied, copy }
}
