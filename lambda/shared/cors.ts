import { ENVIRONMENT } from './environment';

/**
 * The headers that let a page of an allowed origin read the answer; none where no origin is allowed. They name the
 * caller's origin if it is on the list, else the first of it.
 *
 * @param origin the request's `Origin` header
 */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  const allowed = process.env[ENVIRONMENT.allowedOrigins]?.split(',') ?? [];
  const [first] = allowed;
  if (!first) return {};
  return {
    'Access-Control-Allow-Origin': allowed.find((each) => each === origin) ?? first,
    Vary: 'Origin',
  };
}
