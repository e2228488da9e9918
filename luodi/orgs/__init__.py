"""Units by GB/T 2260 prefix, people, posts, and who may do or see what."""
