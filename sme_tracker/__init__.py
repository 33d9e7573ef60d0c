"""The SME cultivation tracker (梯度培育台账)."""

import os

# Only single characters are looked up: without the dictionary of phrases a server needs 44 MB less.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
