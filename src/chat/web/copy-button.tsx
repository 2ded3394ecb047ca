import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { IconButton, useCopy } from '#ui'

export function CopyButton({ text }: { readonly text: string }) {
  const { t } = useLingui()
  const { copied, copy } = useCopy()
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? t`Copied` : t`Copy`}
      size="s"
      onClick={() => void copy(text)}
    />
  )
}
