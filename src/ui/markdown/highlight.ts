import { common, createLowlight } from 'lowlight'

/** A piece of code: bare text, or pieces under one class. */
export type Colored = string | { readonly className: string; readonly children: readonly Colored[] }

const lowlight = createLowlight(common)

/** Undefined for languages it does not know. Fetched when the first code is shown. */
export function highlight(code: string, lang: string): readonly Colored[] | undefined {
  const name = lang.toLowerCase()
  if (!lowlight.registered(name)) return undefined
  return lowlight.highlight(name, code).children.flatMap(toColored)
}

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

function toColored(node: Node): Colored[] {
  if (node.type === 'text') return [node.value]
  if (node.type !== 'element') return []
  const { className } = node.properties
  return [
    {
      className: Array.isArray(className) ? className.join(' ') : '',
      children: node.children.flatMap((child) => toColored(child as Node)),
    },
  ]
}
