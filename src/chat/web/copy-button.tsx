import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '#ui'

const saidForMs = 1600

export function CopyButton({ text }: { readonly text: string }) {
  const { t } = useLingui()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), saidForMs)
  }
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? t`Copied` : t`Copy`}
      size="s"
      onClick={() => void copy()}
    />
  )
}
