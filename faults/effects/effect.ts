import { type RedirectedServer } from '../../bin/local-run';
import { type WireReply } from '../../harness/service-proxy';

/** `integration`: what a state machine calls itself. It has no wire: its path is the integration's name, its body the parameters. */
export type Service = RedirectedServer | 'integration';

/** A request to a service, as it went over the wire. */
export interface WireRequest {
  readonly service: Service;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The purchase of another of its names, such as its payment intent's: some requests say no more. */
export type KnownAs = (name: string) => string | undefined;

/** A call that a step makes, by which something outside the function changes or is learnt. */
export interface EffectDeclaration<Name extends string = string> {
  readonly name: Name;
  readonly service: Service;
  /** Tells from the wire alone whether a request to the service is this effect, and of which purchase. */
  readonly recognize: (request: WireRequest, knownAs: KnownAs) => Found | undefined;
  /** What else the purchase is known by from now on. */
  readonly names?: (purchaseId: string, reply: WireReply) => readonly string[];
  /** The items it writes are the purchase's from now on, or free: one that frees another's is reported. */
  readonly items?: 'taken' | 'freed';
}

export interface Found {
  readonly purchaseId: string | undefined;
  /** Keys of the items it takes or frees, `partition/seat`. */
  readonly items?: readonly string[];
  /** Names by which alone later requests know the purchase, where this one gives them. */
  readonly names?: readonly string[];
}
