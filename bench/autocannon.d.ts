/** The part of autocannon that the benchmark uses; the package brings no types. */
declare module 'autocannon' {
  interface Request {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
  }

  interface Context {
    buyer?: number;
  }

  interface Options {
    readonly url: string;
    readonly connections: number;
    /** Requests in all. */
    readonly amount: number;
    /** Seconds until a request counts as failed. */
    readonly timeout: number;
    readonly requests: readonly (Request & {
      /** `context` is there for one request and its answer. */
      readonly setupRequest: (request: Request, context: Context) => Request;
      readonly onResponse?: (status: number, body: string, context: Context) => void;
    })[];
  }

  interface Result {
    readonly errors: number;
    readonly timeouts: number;
  }

  interface Run extends Promise<Result> {
    /** `responseTime` in milliseconds. */
    on(
      event: 'response',
      listener: (client: unknown, statusCode: number, bytes: number, responseTime: number) => void,
    ): void;
  }

  export default function autocannon(options: Options): Run;
}
