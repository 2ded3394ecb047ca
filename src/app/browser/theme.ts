import { useLingui } from '@lingui/react/macro'
import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useStored, type MenuItem } from '#ui'

type Theme = '' | 'light' | 'dark'

const icons: Readonly<Record<Theme, LucideIcon>> = { '': Monitor, light: Sun, dark: Moon }

const isTheme = (text: string): text is Theme => Object.hasOwn(icons, text)

type ThemeChoice = {
  readonly value: string
  readonly choose: (value: string) => void
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly icon: LucideIcon
  readonly items: readonly MenuItem[]
}

/** Light, dark, or as the system says. index.html applies what is stored before the first paint. */
export function useTheme(): ThemeChoice {
  const { t } = useLingui()
  const [stored, store] = useStored('theme', '')
  const theme = isTheme(stored) ? stored : ''
  const choose = (next: string) => {
    store(next)
    if (next === '') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
  }
  const options: readonly { readonly value: Theme; readonly label: string }[] = [
    { value: '', label: t`System` },
    { value: 'light', label: t`Light` },
    { value: 'dark', label: t`Dark` },
  ]
  const items = options.map(({ value, label }) => ({
    label,
    icon: icons[value],
    checked: value === theme,
    onSelect: () => choose(value),
  }))
  return { value: theme, choose, options, icon: icons[theme], items }
}
