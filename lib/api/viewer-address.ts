import { ORIGIN_SECRET_HEADER } from '../web/origin-secret';
import { VIEWER_ADDRESS_HEADER } from '../web/storefront-distribution';

/**
 * VTL that sets `$viewer`: the address that the request came from.
 *
 * Behind CloudFront every request comes from one of CloudFront's own few addresses, so CloudFront tells the viewer's in a header.
 * Anyone who calls the API itself can write that header, too, and anyone can put a CloudFront of their own before it. So it is
 * believed of requests with the secret alone; all others are known by the address they really come from.
 *
 * The template compares because nothing behind it may: what it passes on is the input of an execution, where a secret has no
 * place. Header names are compared in any case; two spellings in one request make one value, which is not the secret.
 *
 * @param secret a dynamic reference, which CloudFormation replaces. @default there is no CloudFront, and nobody is believed
 */
export function viewerAddress(secret?: string): string {
  const sourceAddress = `#set($viewer = $context.identity.sourceIp)`;
  if (secret === undefined) return sourceAddress;
  return [
    sourceAddress,
    `#set($headers = $input.params().header)`,
    `#set($proof = "")`,
    `#set($told = "")`,
    `#foreach($name in $headers.keySet())`,
    `#if($name.toLowerCase() == "${ORIGIN_SECRET_HEADER}")#set($proof = "$proof$headers.get($name)")#end`,
    `#if($name.toLowerCase() == "${VIEWER_ADDRESS_HEADER}")#set($told = "$told$headers.get($name)")#end`,
    `#end`,
    `#if($proof == "${secret}" && $told != "")#set($viewer = $told)#end`,
  ].join('\n');
}
