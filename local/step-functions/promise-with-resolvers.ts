/**
 * `aws-local-stepfunctions` is written for Node 22 and calls `Promise.withResolvers`, which Node 20 has not.
 * Import this before it.
 */
interface PromiseWithResolvers {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

const constructor = Promise as unknown as { withResolvers?: () => PromiseWithResolvers };

constructor.withResolvers ??= () => {
  const parts = {} as PromiseWithResolvers;
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
