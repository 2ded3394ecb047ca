import { useLingui } from '@lingui/react/macro'
import { Monitor, Moon, Sun, type LucideIcon } from 'lucide-react'
import { useStored, type MenuItem } from '#ui'

type Theme = '' | 'light' | 'dark'

const icons: Readonly<Record<Theme, LucideIcon>> = { '': Monitor, light: Sun, dark: Moon }

const isTheme = (text: string): text is Theme => Object.hasOwn(icons, text)

/** Light, dark, or as the system says. index.html applies what is stored before the first paint. */
export function useTheme(): { readonly icon: LucideIcon; readonly items: readonly MenuItem[] } {
  const { t } = useLingui()
  const [stored, store] = useStored('theme', '')
  const theme = isTheme(stored) ? stored : ''
  const choose = (next: Theme) => {
    store(next)
    if (next === '') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
  }
  const words: readonly [Theme, string][] = [
    ['', t`As the system`],
    ['light', t`Light`],
    ['dark', t`Dark`],
  ]
  const items = words.map(([value, label]) => ({
    label,
    icon: icons[value],
    checked: value === theme,
    onSelect: () => choose(value),
  }))
  return { icon: icons[theme], items }
}
