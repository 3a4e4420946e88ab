"""The releases of an app, kept on the engine: records, the volume they are in, and who may change them."""
