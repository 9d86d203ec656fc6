import { Stage } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { CheckoutStack } from './checkout-stack';
import { type StageConfig } from './config';
import { DataStack } from './data-stack';
import { MonitoringStack } from './monitoring-stack';
import { NotificationStack } from './notification-stack';

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
    const checkout = new CheckoutStack(this, 'Checkout', {
      ...{ config, data, notifications, terminationProtection },
    });
    new MonitoringStack(this, 'Monitoring', { config, data, notifications, checkout, terminationProtection });
  }
}
