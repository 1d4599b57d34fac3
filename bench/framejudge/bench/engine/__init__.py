"""The scoring pass: blocks of images in, scores out."""
