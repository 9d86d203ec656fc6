import { Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { CheckoutStack } from './checkout-stack';
import { type StageConfig } from './config';
import { DataStack } from './data-stack';
import { NotificationStack } from './notification-stack';
import { WebStack } from './web-stack';

/** Everything one stage deploys. */
export class EventProStage extends Stage {
  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    const { terminationProtection } = config;
    const data = new DataStack(this, 'Data', { config, terminationProtection });
    const notifications = new NotificationStack(this, 'Notification', {
      config,
      data,
      terminationProtection,
    });
    const { api } = new CheckoutStack(this, 'Checkout', {
      ...{ config, data, notifications, terminationProtection },
    });
    if (config.storefront) {
      new WebStack(this, 'Web', { config, storefront: config.storefront, api, terminationProtection });
    }
  }
}
