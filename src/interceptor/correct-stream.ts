/** What a correct server says of itself at the beginning of a stream: its header, and the offer of STARTTLS. */
import type { Element } from 'ltx';
import type { StreamHeader } from '../script/moment.ts';
import type { ContentNamespace } from '../transcript.ts';
import { element } from '../xmpp/elements.ts';
import { NS } from '../xmpp/namespaces.ts';

interface Named {
  id: string;
  from: string;
  to: string | undefined;
}

export function headerOf(namespace: ContentNamespace, { id, from, to }: Named): StreamHeader {
  const attributes = {
    xmlns: namespace,
    'xmlns:stream': NS.streams,
    // XEP-0220, section 2.1.1: who knows dialback declares it here.
    ...(namespace === NS.server && { 'xmlns:db': NS.dialback }),
    id,
    from,
    to: to ?? null,
    version: '1.0',
    'xml:lang': 'en',
  };
  return { kind: 'header', prolog: true, attributes };
}

/** Before TLS: the features get `<starttls/>`, unless a resource can be bound already. */
export function offerStarttls(features: Element): void {
  if (features.getChild('bind', NS.bind)) return;
  const offer = element('starttls', NS.tls, {}, element('required'));
  offer.parent = features;
  features.children.unshift(offer);
}
