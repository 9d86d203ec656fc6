import { physicalName } from './physical-name';
import { type ResourceRequest, type ResourceType } from './resource-type';

/** A type that is accepted and does nothing, as nothing on a laptop could tell whether it does. */
export function withoutEffect(
  withoutLocalEffect: readonly string[],
  attributes: (name: string) => Record<string, unknown> = () => ({}),
): ResourceType {
  return {
    properties: [],
    withoutLocalEffect,
    create(request: ResourceRequest) {
      const ref = physicalName(request, 64);
      return { ref, attributes: attributes(ref) };
    },
  };
}
