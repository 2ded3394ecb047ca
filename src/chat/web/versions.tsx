import { useLingui } from '@lingui/react/macro'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { IconButton } from '#ui'

type VersionsProps = {
  readonly versions: readonly string[]
  /** Which of them is shown. */
  readonly shown: string
  readonly onShow: (message: string) => Promise<void>
}

/** Goes through what else was asked or answered in this place. Nothing is drawn where there is nothing else. */
export function Versions({ versions, shown, onShow }: VersionsProps) {
  const { t } = useLingui()
  if (versions.length < 2) return null
  const at = versions.indexOf(shown)
  const [former, next] = [versions[at - 1], versions[at + 1]]
  const [place, all] = [at + 1, versions.length]
  return (
    <span className="inline-flex items-center text-13 text-faint">
      <IconButton
        icon={ChevronLeft}
        label={t`Former version`}
        size="s"
        disabled={former === undefined}
        onClick={() => former !== undefined && void onShow(former)}
      />
      <span className="figure" aria-label={t`Version ${place} of ${all}`}>
        {place}/{all}
      </span>
      <IconButton
        icon={ChevronRight}
        label={t`Next version`}
        size="s"
        disabled={next === undefined}
        onClick={() => next !== undefined && void onShow(next)}
      />
    </span>
  )
}
