"""Amazon EC2 Auto Scaling: groups whose control loop keeps them as large and as healthy as asked.

    service.AutoScaling     the service: operations of the API, its state, its loop
    decide, spread, tracking  pure: group + instances + clock → what to do next
    loop                    does it, through the API of the region like anybody

https://docs.aws.amazon.com/autoscaling/ec2/userguide/what-is-amazon-ec2-auto-scaling.html
"""

from stax_local.autoscaling.service import AutoScaling

__all__ = ["AutoScaling"]
