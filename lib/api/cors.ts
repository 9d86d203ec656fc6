import { Duration } from 'aws-cdk-lib';
import { type CorsOptions } from 'aws-cdk-lib/aws-apigateway';

/**
 * Which pages may read the API's answers. Every answer names one origin: the caller's if it is on the list, else the
 * first one, which the caller's browser then refuses. So neither a cache nor a reader of the headers learns the other origins.
 *
 * Each kind of answer says it in its own way: preflights and the workflow's answers by a mapping template, the functions
 * by themselves (`lambda/shared/cors.ts`). A gateway response is no template and cannot choose: it always names the first.
 */
export class CrossOriginAccess {
  /** @throws Error for what is no origin: `*`, a path, a trailing slash */
  constructor(readonly origins: readonly string[]) {
    for (const origin of origins) {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new Error(
          `"${origin}" in allowedOrigins is no origin: write scheme, host and port alone, as https://shop.example.com`,
        );
      }
    }
  }

  /** For every resource of the API, or nothing where no other origin is allowed. */
  get preflight(): CorsOptions | undefined {
    if (this.origins.length === 0) return undefined;
    return {
      allowOrigins: [...this.origins],
      // What the storefront calls. PUT /events is signed by an operator, never by a page.
      allowMethods: ['GET', 'POST'],
      allowHeaders: ['Content-Type', 'Idempotency-Key'],
      maxAge: Duration.hours(1),
    };
  }

  /** Response headers as API Gateway's mapping expressions. */
  get headers(): Record<string, string> {
    const [first] = this.origins;
    return first ? { 'Access-Control-Allow-Origin': `'${first}'`, Vary: `'Origin'` } : {};
  }

  /** VTL that names the caller's origin instead of the first, if it is on the list. */
  get template(): string {
    const others = this.origins.slice(1);
    if (others.length === 0) return '';
    return [
      // HTTP/2 sends header names in lower case, and a template's map of them is case-sensitive.
      `#set($origin = $input.params().header.get("Origin"))`,
      `#if("$!origin" == "")#set($origin = $input.params().header.get("origin"))#end`,
      `#if(${others.map((origin) => `$origin == "${origin}"`).join(' || ')})`,
      `#set($context.responseOverride.header["Access-Control-Allow-Origin"] = $origin)`,
      `#end`,
      ``,
    ].join('\n');
  }
}
