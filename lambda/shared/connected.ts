/**
 * What a container connects to, made once. Lambda makes it while it loads the function: there "on-demand Lambda functions use a full
 * vCPU" ("Utilize initialization phase", Serverless Land, read November 2026), of which an invocation with 256 MB has a seventh, and
 * a sandbox that Lambda starts ahead of its first request has it behind it. Elsewhere, as in a test that imports a handler without
 * an environment, the first call makes it.
 *
 * What fails while it is loaded fails again with the first call, which has the means to say so.
 *
 * @param connect makes the clients; it asks no service for anything
 */
export function connected<Dependencies>(connect: () => Dependencies): () => Dependencies {
  let made: { readonly dependencies: Dependencies } | undefined;
  const get = () => (made ??= { dependencies: connect() }).dependencies;
  if (process.env['AWS_LAMBDA_FUNCTION_NAME']) {
    try {
      get();
    } catch {
      made = undefined;
    }
  }
  return get;
}
