/** An error of the Step Functions API; `name` is the AWS error code. */
export class StepFunctionsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}
