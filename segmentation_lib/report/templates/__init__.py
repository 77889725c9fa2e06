"""The templates of the pages; a package, so that an installation carries them."""
