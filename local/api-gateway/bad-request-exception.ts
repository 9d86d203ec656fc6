/** A definition that API Gateway itself would not accept: the deployment fails. */
export class BadRequestException extends Error {
  override readonly name = 'BadRequestException';
}
