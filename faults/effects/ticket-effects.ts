import { type EffectDeclaration } from './effect';

export const TICKET_EFFECTS = [
  {
    name: 'store ticket',
    service: 'aws',
    recognize({ method, path }, knownAs) {
      const [, hash] = /\/tickets\/.*?([^/]+)\.pdf$/.exec(path) ?? [];
      return hash && method === 'PUT' ? { purchaseId: knownAs(hash) } : undefined;
    },
  },
] as const satisfies readonly EffectDeclaration[];
