/** `asl-validator` brings no types. */
declare module 'asl-validator' {
  interface Options {
    readonly checkArn?: boolean;
    readonly checkPaths?: boolean;
  }
  interface Result {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  }
  function validate(definition: object, options?: Options): Result;
  export = validate;
}
