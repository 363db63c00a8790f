"""From a checked configuration to what AWS is given: parameters, template, Ignition configs.  Pure."""
