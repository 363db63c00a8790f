"""moto, mended: the only importer of moto, each patch in a file of its own."""
