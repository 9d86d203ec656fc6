import { App, Stack } from 'aws-cdk-lib';

/** What the CDK itself takes. */
new Stack(new App(), 'Empty');
