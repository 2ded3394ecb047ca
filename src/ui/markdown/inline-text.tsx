import { Trans } from '@lingui/react/macro'
import { ImageOff } from 'lucide-react'
import type { MarkedToken, Token, Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
import { Link, OutsideLink } from '../link.tsx'
import { decodeEntities } from './entities.ts'
import { safeAddress } from './safe-address.ts'

type InlineProps = { readonly tokens: readonly Token[]; readonly depth?: number }

const depthMax = 24

export function InlineText({ tokens, depth = 0 }: InlineProps) {
  return tokens.map((token, key) => <Fragment key={key}>{inlineOf(token as MarkedToken, depth)}</Fragment>)
}

function inlineOf(token: MarkedToken, depth: number): ReactNode {
  if (depth > depthMax) return token.raw
  const inner = (tokens: readonly Token[]) => <InlineText tokens={tokens} depth={depth + 1} />
  switch (token.type) {
    case 'text':
      return token.tokens ? inner(token.tokens) : decodeEntities(token.text)
    case 'escape':
      return token.text
    case 'strong':
      return <strong>{inner(token.tokens)}</strong>
    case 'em':
      return <em>{inner(token.tokens)}</em>
    case 'del':
      return <del>{inner(token.tokens)}</del>
    case 'codespan':
      return <code dir="ltr">{token.text}</code>
    case 'br':
      return <br />
    case 'link':
      return <TextLink token={token}>{inner(token.tokens)}</TextLink>
    case 'image':
      return <Picture token={token} />
    case 'html':
    case 'blockquote':
    case 'checkbox':
    case 'code':
    case 'def':
    case 'heading':
    case 'hr':
    case 'list':
    case 'list_item':
    case 'paragraph':
    case 'space':
    case 'table':
      // HTML and whatever else: as it was written.
      return token.raw
  }
}

function TextLink({ token, children }: { readonly token: Tokens.Link; readonly children: ReactNode }) {
  const address = safeAddress(token.autolink === true ? token.href : decodeEntities(token.href))
  if (!address) return children
  switch (address.kind) {
    case 'house':
      return (
        <Link to={address.to} className="link">
          {children}
        </Link>
      )
    case 'mail':
      return (
        <a href={address.href} className="link">
          {children}
        </a>
      )
    case 'outside':
      // Whatever its words say, the host beside them is where it leads.
      return <OutsideLink href={address.href}>{children}</OutsideLink>
  }
}

/** Fetching a picture would tell its host who reads what, so it stands as a link that one may follow. */
function Picture({ token }: { readonly token: Tokens.Image }) {
  const address = safeAddress(decodeEntities(token.href))
  const name = decodeEntities(token.text)
  return (
    <span className="inline-flex max-w-full items-baseline gap-1.5 text-soft">
      <ImageOff size={14} className="shrink-0 self-center" aria-hidden />
      {address?.kind === 'outside' ? (
        <OutsideLink href={address.href}>
          {name === '' ? <Trans>A picture</Trans> : <Trans>Picture: {name}</Trans>}
        </OutsideLink>
      ) : (
        <span>{name === '' ? <Trans>A picture that cannot be shown</Trans> : name}</span>
      )}
    </span>
  )
}
