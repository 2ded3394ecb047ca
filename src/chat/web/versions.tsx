import { useLingui } from '@lingui/react/macro'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { IconButton, useToast } from '#ui'

type VersionsProps = {
  readonly versions: readonly string[]
  /** Which of them is shown. */
  readonly shown: string
  /** False if it could not be shown. */
  readonly onShow: (message: string) => Promise<boolean>
}

/** Goes through what else was asked or answered in this place. Nothing is drawn where there is nothing else. */
export function Versions({ versions, shown, onShow }: VersionsProps) {
  const { t } = useLingui()
  const toast = useToast()
  if (versions.length < 2) return null
  const at = versions.indexOf(shown)
  const [former, next] = [versions[at - 1], versions[at + 1]]
  const [place, all] = [at + 1, versions.length]
  const step = async (to: string | undefined, way: 'former' | 'next') => {
    if (to === undefined) return
    if (!(await onShow(to))) return toast({ kind: 'bad', words: t`That version could not be shown. Try again.` })
    // The other version is drawn anew: the focus goes to its button, so that one can go on.
    requestAnimationFrame(() => {
      const there = `[data-versions="${to}"]`
      const button = document.querySelector<HTMLElement>(`${there} [data-way="${way}"]:enabled`)
      ;(button ?? document.querySelector<HTMLElement>(`${there} button:enabled`))?.focus()
    })
  }
  return (
    <span data-versions={shown} className="inline-flex items-center text-13 text-faint">
      <IconButton
        icon={ChevronLeft}
        label={t`Former version`}
        size="s"
        disabled={former === undefined}
        data-way="former"
        onClick={() => void step(former, 'former')}
      />
      <span className="figure" aria-label={t`Version ${place} of ${all}`}>
        {place}/{all}
      </span>
      <IconButton
        icon={ChevronRight}
        label={t`Next version`}
        size="s"
        disabled={next === undefined}
        data-way="next"
        onClick={() => void step(next, 'next')}
      />
    </span>
  )
}
