"""``python -m geoaccess``: the same as the command ``geoaccess``."""

from geoaccess.cli import main

if __name__ == "__main__":
    main()
