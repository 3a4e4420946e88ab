"""Pure: values in, styled cells out."""
