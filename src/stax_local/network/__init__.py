"""The emulated account as a network of namespaces: a pure function from `World` to `Wanted`."""
