/**
 * A CloudFront function: the API knows nothing of the `/api` under which the pages reach it. `x-viewer-address` tells the
 * API's firewall who asks, as every request comes from CloudFront; what the viewer put there is overwritten.
 */
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/|$)/, '') || '/';
  request.headers['x-viewer-address'] = { value: event.viewer.ip };
  return request;
}
