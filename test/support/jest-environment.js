const { join } = require('node:path');

// CloudFormation validation belongs to `cdk synth`; inside the tests it would only make each of them slow.
process.env.CDK_VALIDATION = 'false';
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
// Tests reach local engines with these keys; no test may reach AWS.
process.env.AWS_REGION = 'us-east-1';
process.env.AWS_ACCESS_KEY_ID = 'local';
process.env.AWS_SECRET_ACCESS_KEY = 'local';
process.env.AWS_EC2_METADATA_DISABLED = 'true';
// What one test file has had compiled, the functions' bundles and the programs it starts, another need not compile again.
process.env.LOCAL_LAMBDA_CODE_CACHE = join(process.env.EVENTPRO_JEST_RUN_FOLDER, 'bundle-code');
process.env.NODE_COMPILE_CACHE = join(process.env.EVENTPRO_JEST_RUN_FOLDER, 'compile-cache');
// Their requests to it go to no proxy.
require('../../local/http/proxy-bypass').bypassProxyOnThisMachine();
